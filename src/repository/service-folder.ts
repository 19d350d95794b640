import type { Objects } from '../bucket/objects.ts'
import { digestOf } from '../digest.ts'
import { type MapNode, problemAt } from '../document/node.ts'
import { type Problem, TowpathError } from '../errors.ts'
import type { Platform } from '../platform/platform.ts'
import type { PlatformRelease } from '../platform/release.ts'
import { inspectComposition } from '../release/compose.ts'
import { isVersion } from '../service/names.ts'
import { inspectService } from '../service/read.ts'
import type { Service } from '../service/service.ts'
import { readTemplateFiles, type TemplateFiles } from '../service/templates.ts'
import { readTemplate } from '../template/read.ts'
import { rootsOf } from './advice.ts'
import { checkArtefact } from './artefact-checks.ts'
import { unbundled } from './bundle.ts'
import { type PlatformSource, publishedPlatform } from './library.ts'
import type { Machine } from './machine.ts'
import { inspectPlatformHere } from './platform-folder.ts'

/** The platform that a service is checked against: a repository on this machine, or the published one in a bucket, or none. */
export interface Against {
  readonly platform: string | undefined
  /** Opens the bucket that the platform is published in. */
  readonly bucket: (() => Promise<Objects>) | undefined
}

/** The problems that a check found, and what it could not check. */
export interface Findings {
  readonly problems: readonly Problem[]
  readonly unchecked: readonly string[]
  /** The valid merged templates, by stack. */
  readonly templates: ReadonlyMap<string, MapNode>
  /** True if the platform asks for cfn-lint. */
  readonly linter: boolean
  /** The regions that the templates are for, as far as they are known. */
  readonly regions: readonly string[]
}

/** Nothing that could be merged. */
const unmerged = { templates: new Map<string, MapNode>(), linter: false, regions: [] }

/** Gives every problem in a service repository, by itself and against a platform if there is one. */
export async function inspectServiceHere(machine: Machine, path: string, against: Against): Promise<Findings> {
  const { service, problems, unsupported } = await inspectService(machine.files, path)
  const own = [...problems, ...unsupported, ...templateProblems(await readTemplateFiles(machine.files, path))]
  if (!service)
    return {
      problems: own,
      unchecked: ['what service.yml and the templates say of each other: each must be sound first'],
      ...unmerged,
    }
  const { release, ...findings } = await inspectAgainst(machine, path, service, against, own)
  const artefact = await checkArtefact(machine, service, path, release)
  return {
    ...findings,
    problems: [...own, ...findings.problems, ...artefact.problems],
    unchecked: [...findings.unchecked, ...artefact.unchecked],
  }
}

/** The problems in overrides and additions that do not depend on the platform. */
function templateProblems({ overrides, additions }: TemplateFiles): readonly Problem[] {
  return [
    ...overrides.flatMap(({ text, file }) => readTemplate(text, file, 'override').problems),
    ...additions.flatMap(({ text, file }) => readTemplate(text, file, 'addition').problems),
  ]
}

async function inspectAgainst(
  machine: Machine,
  path: string,
  service: Service,
  { platform, bucket }: Against,
  own: readonly Problem[],
): Promise<Findings & { readonly release?: PlatformRelease }> {
  if (platform !== undefined) {
    const { here, problems, unchecked } = await inspectPlatformHere(machine, platform)
    if (!here)
      return {
        problems,
        unchecked: [...unchecked, 'the service against the platform: platform.yml must be sound first'],
        ...unmerged,
      }
    const composed = await compose(machine, path, service, here)
    const regions = [...here.descriptor.environments].flatMap(([name, { value }]) =>
      service.environments.has(name) ? [value.region.value] : [],
    )
    return {
      ...composed,
      regions: [...new Set(regions)],
      problems: [...composed.problems, ...otherVersion(service, here.descriptor), ...problems],
    }
  }
  if (bucket !== undefined) {
    try {
      return await compose(machine, path, service, await publishedPlatform(await bucket(), service.platform.value))
    } catch (error) {
      // The problems in the service are worth showing even if the platform cannot be reached.
      if (own.length === 0 || !(error instanceof TowpathError)) throw error
      return { problems: [], unchecked: [`the service against the platform: ${error.message}`], ...unmerged }
    }
  }
  const parts = [
    'overrides and additions against the platform templates',
    'stacks, parameters and references against the blueprint',
    'environments against the platform',
  ]
  return { problems: [], unchecked: parts.map((what) => `${what}: give --platform or --bucket`), ...unmerged }
}

/** A service that asks for one version of the platform gets no other, so a folder of another version proves nothing. */
function otherVersion({ platform }: Service, { version }: Platform): readonly Problem[] {
  if (!isVersion(platform.value) || platform.value === version.value) return []
  const message = `platform: the service asks for ${platform.value}, and the platform in this folder is ${version.value}`
  return [problemAt(platform.place, message, `write ${version.value}, or check against the published platform with --bucket`)]
}

async function compose(
  machine: Machine,
  path: string,
  service: Service,
  source: PlatformSource,
): Promise<Findings & { readonly release: PlatformRelease }> {
  // It only matters here whether there is an artefact, not which one.
  const artefact = service.artefact === undefined ? null : digestOf('')
  const { problems, unchecked, templates } = await inspectComposition({
    service,
    platform: source.platform,
    library: source.library,
    artefact,
    code: unbundled(machine, source.ansible, path),
  })
  const others = [...service.stacks.values()].some(({ value }) =>
    [...value.inputs.values()].some((input) => input.value.kind === 'service'),
  )
  const foreign = others ? ["outputs of other services' stacks: they are read when the release is applied"] : []
  return {
    problems,
    unchecked: [...unchecked, ...foreign],
    templates: rootsOf(templates),
    linter: source.platform.release.lint === true,
    regions: [],
    release: source.platform.release,
  }
}

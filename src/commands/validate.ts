import { digestOf } from '../digest.ts'
import { descriptorKind } from '../document/descriptor.ts'
import { inReadingOrder } from '../document/order.ts'
import { type Problem, refuse, TowpathError } from '../errors.ts'
import { inspectPlatform } from '../platform/read.ts'
import { inspectComposition } from '../release/compose.ts'
import { validatedText } from '../render/validated.ts'
import { inspectService } from '../service/read.ts'
import type { Service } from '../service/service.ts'
import { command } from './command.ts'
import { path } from './common.ts'
import { localPlatform, publishedPlatform } from './library.ts'
import { platformProblems } from './platform-problems.ts'
import { summaries } from './summaries.ts'
import { ownTemplateProblems } from './template-problems.ts'
import type { World } from './world.ts'

/** What a check found, and what it could not judge. */
interface Findings {
  readonly kind: 'service' | 'platform'
  readonly name: string | null
  readonly problems: readonly Problem[]
  readonly unchecked: readonly string[]
}

export default command({
  name: 'validate',
  summary: summaries.validate,
  inputs: {
    path,
    platform: { kind: 'folder', description: 'A platform repository on this machine to check a service against.' },
    bucket: { kind: 'string', description: 'The platform bucket to check a service against, instead of --platform.' },
  },
  outputs: {
    kind: { kind: 'string', description: 'service or platform.' },
    name: { kind: 'string', description: 'Its name; null where the descriptor does not say.' },
    problems: { kind: 'list', description: 'Every problem: file, line, column, message, hint.' },
    lint: { kind: 'list', description: 'Advice that no exit code depends on.' },
    unchecked: { kind: 'list', description: 'What could not be judged here, and why.' },
  },
  examples: ['validate --path .', 'validate --path . --platform ../platform'],
  async run({ path, platform, bucket }, world) {
    if (platform !== undefined && bucket !== undefined)
      throw new TowpathError('bad-input', 'validate takes --platform or --bucket, not both')
    const kind = await descriptorKind(world.files, path)
    const found = kind === 'platform' ? await inspectPlatformAt(world, path) : await inspectServiceAt(world, path, platform, bucket)
    const problems = inReadingOrder([...found.problems])
    const outputs = { kind: found.kind, name: found.name, problems, lint: [], unchecked: found.unchecked }
    if (problems.length > 0) {
      const refused = refuse(`the ${kind} in ${path}`, problems)
      throw new TowpathError('bad-input', refused.message, {
        problems,
        outputs,
        ...(refused.at ? { at: refused.at } : {}),
        ...(refused.hint === undefined ? {} : { hint: refused.hint }),
      })
    }
    return outputs
  },
  text: validatedText,
})

async function inspectPlatformAt(world: World, path: string): Promise<Findings> {
  const { platform, problems, unsupported } = await inspectPlatform(world.files, path)
  if (!platform)
    return {
      kind: 'platform',
      name: null,
      problems: [...problems, ...unsupported],
      unchecked: ['templates: not read until platform.yml is sound'],
    }
  return {
    kind: 'platform',
    name: platform.name.value,
    problems: [...problems, ...unsupported, ...(await platformProblems(world, path, platform))],
    unchecked: [],
  }
}

async function inspectServiceAt(world: World, path: string, platform: string | undefined, bucket: string | undefined): Promise<Findings> {
  const { service, problems, unsupported } = await inspectService(world.files, path)
  if (!service)
    return {
      kind: 'service',
      name: null,
      problems: [...problems, ...unsupported],
      unchecked: ['templates and references: not read until service.yml is sound'],
    }
  const base = { kind: 'service' as const, name: service.name.value }
  const own = [...problems, ...unsupported]
  if (platform === undefined && bucket === undefined) {
    const unchecked = [
      'overrides and additions against the platform templates',
      'stacks, parameters and references against the blueprint',
      'environments against the platform',
    ]
    return {
      ...base,
      problems: [...own, ...ownTemplateProblems(service)],
      unchecked: unchecked.map((what) => `${what}: give --platform or --bucket`),
    }
  }
  const against = await inspectAgainst(world, service, platform, bucket)
  return {
    ...base,
    problems: [...own, ...against.problems],
    unchecked: [...against.unchecked, "outputs of other services' stacks: read when the release is applied"].filter(
      (what) => !what.startsWith('outputs') || usesOthers(service),
    ),
  }
}

async function inspectAgainst(
  world: World,
  service: Service,
  platform: string | undefined,
  bucket: string | undefined,
): Promise<Pick<Findings, 'problems' | 'unchecked'>> {
  const source =
    platform === undefined
      ? await publishedPlatform(await world.objects(bucket ?? ''), service.platform.value)
      : await localPlatform(world, platform)
  // Only whether there is an artefact matters here, not which.
  const artefact = service.artefact === undefined ? null : digestOf('')
  return inspectComposition({ service, platform: source.platform, library: source.library, artefact })
}

function usesOthers(service: Service): boolean {
  return [...service.stacks.values()].some(({ value }) => [...value.inputs.values()].some((input) => input.value.kind === 'service'))
}

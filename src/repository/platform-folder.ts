import { documentBytes } from '../bucket/documents.ts'
import { digestOf } from '../digest.ts'
import { unique } from '../document/order.ts'
import { type Problem, refuse } from '../errors.ts'
import type { Json } from '../json.ts'
import type { PublishedPlatform } from '../platform/channel.ts'
import { inspectPlatformFolder, type PlatformFolder } from '../platform/folder.ts'
import type { Platform } from '../platform/platform.ts'
import { inspectPlatform } from '../platform/read.ts'
import { platformRelease } from '../platform/release.ts'
import type { PublishedAnsible } from '../playbook/tree.ts'
import { inspectTemplates, recipeProblems, type Templates } from '../release/recipes.ts'
import type { TemplateLibrary } from '../release/templates.ts'
import type { Machine } from './machine.ts'

/** A platform repository on this machine, as it would be published. */
export interface PlatformHere {
  readonly descriptor: Platform
  readonly folder: PlatformFolder
  readonly platform: PublishedPlatform
  readonly library: TemplateLibrary
  readonly ansible: PublishedAnsible
}

/** Reads a platform repository. Throws 'bad-input' with every problem in it. Sends nothing to AWS. */
export async function readPlatformHere(machine: Machine, path: string): Promise<PlatformHere> {
  const { here, problems } = await inspectPlatformHere(machine, path)
  if (!here || problems.length > 0) throw refuse(`the platform in ${path}`, problems)
  return here
}

/** Everything that was found in a platform repository. */
export interface PlatformFindings {
  /** Absent if platform.yml is invalid. */
  readonly here?: PlatformHere
  readonly problems: readonly Problem[]
  readonly unchecked: readonly string[]
  /** The templates that are valid by themselves, by file name. */
  readonly templates: Templates['sound']
  /** True if the platform asks for cfn-lint. */
  readonly linter: boolean
  /** The regions of its environments. */
  readonly regions: readonly string[]
}

/** Reads a platform repository and gives every problem in it. */
export async function inspectPlatformHere(machine: Machine, path: string): Promise<PlatformFindings> {
  const { platform: descriptor, problems: own, unsupported } = await inspectPlatform(machine.files, path)
  const { problems: others, ...folder } = await inspectPlatformFolder(machine.files, machine.archiver, path)
  const library = libraryOf(path, folder, descriptor)
  const { sound: templates, problems: alone, unchecked } = await inspectTemplates(library)
  const known = [...own, ...unsupported, ...others, ...alone]
  if (!descriptor) {
    const more = 'what platform.yml says of its templates: it must be sound first'
    return { problems: unique(known), unchecked: [...unchecked, more], templates, linter: false, regions: [] }
  }
  const release = platformRelease(descriptor, folder.files)
  const problems = unique([...known, ...(await recipeProblems(descriptor, release, library))])
  const platform = { release, digest: digestOf(documentBytes(release as unknown as Json)) }
  const { playbooks, roles } = folder.files
  const ansible = { playbooks, roles, shown: (file: string) => `${path}/${file}`, content: folder.content }
  const regions = [...new Set([...descriptor.environments.values()].map(({ value }) => value.region.value))]
  return { here: { descriptor, folder, platform, library, ansible }, problems, unchecked, templates, linter: descriptor.lint, regions }
}

function libraryOf(path: string, { templates }: PlatformFolder, descriptor: Platform | undefined): TemplateLibrary {
  return {
    descriptor: descriptor?.file ?? `${path}/platform.yml`,
    shown: (file) => `${path}/cloudFormation/${file}`,
    files: new Set(templates.keys()),
    bytes: async (file) => templates.get(file) ?? new Uint8Array(),
  }
}

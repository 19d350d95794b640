import { type Digest, digestOf } from '../digest.ts'
import type { Place } from '../document/node.ts'
import { inReadingOrder } from '../document/order.ts'
import { type Problem, refuse, TowpathError } from '../errors.ts'
import type { Published } from '../platform/channel.ts'
import { plainTags, type StoredRecipe } from '../platform/release.ts'
import { checkAgainst } from '../service/against.ts'
import { platformService } from '../service/names.ts'
import { parseReference, type Reference } from '../service/reference.ts'
import type { Service } from '../service/service.ts'
import { outputs as outputsOf } from '../template/facts.ts'
import { readTemplate } from '../template/read.ts'
import type { Manifest, ManifestEnvironment, ManifestStack, NestedTemplate } from './manifest.ts'
import type { MergedStacks, MergedTemplate } from './merged.ts'
import { assign } from './parameters.ts'
import { checkReferences, type Use } from './references.ts'
import { mergeAll, type TemplateLibrary } from './templates.ts'
import { viewOf } from './view.ts'

/** A release that is composed and not stored yet. */
export interface Composed {
  readonly manifest: Manifest
  /** Its blobs, except the artefact. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
  readonly templates: MergedStacks
  readonly unchecked: readonly string[]
}

/** What a service is composed from. */
export interface Ingredients {
  readonly service: Service
  readonly platform: Published
  readonly library: TemplateLibrary
  /** Null for a service that has none. */
  readonly artefact: Digest | null
}

/** A composition with everything that is wrong with it. `composed` is there if nothing is. */
export interface Inspected {
  readonly composed: Composed | undefined
  readonly templates: MergedStacks
  readonly problems: readonly Problem[]
  readonly unchecked: readonly string[]
}

/** Composes a service's release, or refuses it with every problem there is. */
export async function composeService(ingredients: Ingredients): Promise<Composed> {
  const { composed, problems } = await inspectComposition(ingredients)
  if (!composed) throw refuse(`service '${ingredients.service.name.value}'`, problems)
  return composed
}

/** Composes a service's release and tells all that is wrong with it. */
export async function inspectComposition({ service, platform, library, artefact }: Ingredients): Promise<Inspected> {
  const { release } = platform
  const shape = checkAgainst(service, viewOf(release))
  const blueprint = release.blueprints[service.blueprint.value]
  if (blueprint === undefined) return { composed: undefined, templates: new Map(), problems: shape, unchecked: [] }
  const unsupported = blueprint.unsupported.map((key) =>
    problemOf(
      service,
      service.blueprint.place,
      `blueprint '${service.blueprint.value}' needs '${key}', which is not supported by this version of towpath`,
      'choose another blueprint, or use a version that has it',
    ),
  )
  const merged = await mergeAll(blueprint.stacks, library, service)
  const problems = [...shape, ...unsupported, ...merged.problems]
  if (problems.length > 0)
    return { composed: undefined, templates: merged.stacks, problems: inReadingOrder(problems), unchecked: merged.unchecked }

  const recipes = blueprint.stacks
  const environments: Record<string, ManifestEnvironment> = {}
  const deep: Problem[] = [...(await referenceProblems(service, recipes, merged.stacks, platform, library, artefact !== null))]
  for (const name of service.environments.keys()) {
    const assigned = assign(name, merged.stacks, { platform: release, recipes, service })
    deep.push(...assigned.problems)
    environments[name] = {
      tags: { ...release.environments[name]?.tags, ...blueprint.tags, ...plainTags(service.tags) },
      parameters: assigned.parameters,
    }
  }
  if (deep.length > 0)
    return { composed: undefined, templates: merged.stacks, problems: unique(inReadingOrder(deep)), unchecked: merged.unchecked }

  const sources = sourcesOf(service)
  const manifest: Manifest = {
    schema: 'towpath/release@1',
    service: service.name.value,
    owner: service.owner.value,
    blueprint: service.blueprint.value,
    platform: { name: release.platform, version: release.version, digest: platform.digest },
    artefact,
    stacks: stacksOf(merged.stacks, (stack) => service.stacks.get(stack)?.value.name?.value ?? null),
    environments,
    sources: { ...sources.manifest, templates: Object.fromEntries(merged.used) },
  }
  return {
    composed: { manifest, blobs: blobsIn(merged.stacks, sources.blobs), templates: merged.stacks, unchecked: merged.unchecked },
    templates: merged.stacks,
    problems: [],
    unchecked: merged.unchecked,
  }
}

/** Composes the release of the platform's own stacks, from its published release. */
export async function composePlatform(platform: Published, library: TemplateLibrary): Promise<Composed> {
  const { release } = platform
  const merged = await mergeAll(release.stacks, library, null)
  const environments: Record<string, ManifestEnvironment> = {}
  const problems: Problem[] = [...merged.problems]
  for (const [name, { tags }] of Object.entries(release.environments)) {
    const assigned = assign(name, merged.stacks, { platform: release, recipes: release.stacks, service: null })
    problems.push(...assigned.problems)
    environments[name] = { tags, parameters: assigned.parameters }
  }
  if (problems.length > 0) throw refuse(`platform '${release.platform}'`, unique(problems))
  if (merged.stacks.size === 0)
    throw new TowpathError('bad-input', `platform '${release.platform}' has no stacks of its own to deploy`, {
      hint: "add 'stacks' to platform.yml",
    })
  const manifest: Manifest = {
    schema: 'towpath/release@1',
    service: platformService,
    owner: release.platform,
    blueprint: null,
    platform: { name: release.platform, version: release.version, digest: platform.digest },
    artefact: null,
    stacks: stacksOf(merged.stacks, () => null),
    environments,
    sources: { descriptor: null, overrides: {}, additions: {}, templates: Object.fromEntries(merged.used) },
  }
  return { manifest, blobs: blobsIn(merged.stacks, new Map()), templates: merged.stacks, unchecked: merged.unchecked }
}

function use(stack: string, parameter: string, reference: Reference | undefined, place: Place): Use[] {
  return reference ? [{ stack, parameter, reference, place }] : []
}

/** Problems of references whose stack is there and whose output may not be. */
async function referenceProblems(
  service: Service,
  recipes: Readonly<Record<string, StoredRecipe>>,
  stacks: MergedStacks,
  platform: Published,
  library: TemplateLibrary,
  artefact: boolean,
): Promise<readonly Problem[]> {
  const uses: Use[] = []
  for (const [stack, { inputs }] of Object.entries(recipes))
    for (const [parameter, from] of Object.entries(inputs))
      if (!overridden(service, stack, parameter)) uses.push(...use(stack, parameter, parseReference(from), service.blueprint.place))
  for (const [stack, { value }] of service.stacks)
    for (const [parameter, { value: reference, place }] of value.inputs) uses.push({ stack, parameter, reference, place })
  const wanted = new Set(uses.flatMap((use) => platformStackOf(use)))
  const platformStacks = new Map<string, { readonly outputs: ReadonlyMap<string, unknown> }>()
  for (const stack of wanted) {
    const file = platform.release.stacks[stack]?.template
    const { root } = file === undefined ? { root: undefined } : readTemplate(await library.text(file), library.shown(file), 'platform')
    if (root) platformStacks.set(stack, { outputs: outputsOf(root) })
  }
  return checkReferences(uses, { own: stacks, platform: platformStacks, artefact })
}

function stacksOf(merged: MergedStacks, name: (stack: string) => string | null): Record<string, ManifestStack> {
  return Object.fromEntries(
    [...merged].map(([stack, template]) => [
      stack,
      { ...nestedManifest(template), bytes: Buffer.byteLength(template.text), capabilities: template.capabilities, name: name(stack) },
    ]),
  )
}

function nestedManifest({ digest, nested }: MergedTemplate): NestedTemplate {
  return { template: digest, nested: Object.fromEntries([...nested].map(([id, child]) => [id, nestedManifest(child)])) }
}

function blobsIn(stacks: MergedStacks, sources: ReadonlyMap<Digest, Uint8Array>): ReadonlyMap<Digest, Uint8Array> {
  const blobs = new Map(sources)
  const add = ({ digest, text, nested }: MergedTemplate): void => {
    blobs.set(digest, new TextEncoder().encode(text))
    for (const child of nested.values()) add(child)
  }
  for (const template of stacks.values()) add(template)
  return blobs
}

/** The service's own files, kept with the release by digest. */
function sourcesOf(service: Service): {
  readonly manifest: Omit<Manifest['sources'], 'templates'>
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
} {
  const blobs = new Map<Digest, Uint8Array>()
  const keep = (text: string): Digest => {
    const bytes = new TextEncoder().encode(text)
    const digest = digestOf(bytes)
    blobs.set(digest, bytes)
    return digest
  }
  const files = (list: Service['overrides']): Record<string, Digest> =>
    Object.fromEntries(list.map(({ file, text }) => [file.slice(file.lastIndexOf('/') + 1), keep(text)]))
  return { manifest: { descriptor: keep(service.text), overrides: files(service.overrides), additions: files(service.additions) }, blobs }
}

function overridden(service: Service, stack: string, parameter: string): boolean {
  const settings = service.stacks.get(stack)?.value
  return settings !== undefined && (settings.inputs.has(parameter) || settings.parameters.has(parameter))
}

function problemOf(service: Service, place: Place, message: string, hint: string): Problem {
  return { file: service.file, ...place.source.position(place.offset), message, hint }
}

/** The same mistake of the platform shows in each environment: it is told once. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}

function platformStackOf(use: Use): string[] {
  return use.reference.kind === 'platform' ? [use.reference.stack] : []
}

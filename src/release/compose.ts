import type { Digest } from '../digest.ts'
import { type Place, problemAt } from '../document/node.ts'
import { unique } from '../document/order.ts'
import { type Problem, refuse, TowpathError } from '../errors.ts'
import type { PublishedPlatform } from '../platform/channel.ts'
import { codeOf } from '../platform/code.ts'
import { plainTags, type StoredBlueprint, type StoredEnvironment } from '../platform/release.ts'
import { stillUnsupported } from '../platform/unsupported.ts'
import { checkAgainst } from '../service/against.ts'
import { platformService } from '../service/names.ts'
import type { Service } from '../service/service.ts'
import { type CodeIngredients, inspectCode, manifestCode } from './code.ts'
import type { Manifest, ManifestEnvironment, ManifestStack, NestedTemplate } from './manifest.ts'
import type { MergedStacks, MergedTemplate } from './merged.ts'
import { assign, type Sources } from './parameters.ts'
import { sourcesOf, templateBlobs } from './sources.ts'
import { mergeAll, type TemplateLibrary } from './templates.ts'
import { checkReferences, platformOutputs, usesOf } from './uses.ts'
import { viewOf } from './view.ts'

/** A release that is composed and not stored yet. */
export interface Composed {
  readonly manifest: Manifest
  /** Its blobs, except the artefact and the bundle. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
  readonly templates: MergedStacks
  readonly unchecked: readonly string[]
}

/** What a service is composed from. */
export interface Ingredients {
  readonly service: Service
  readonly platform: PublishedPlatform
  readonly library: TemplateLibrary
  /** Null for a service that has none. */
  readonly artefact: Digest | null
  /** What its bundle is made of, where its blueprint ships by CodeDeploy. */
  readonly code: CodeIngredients
}

/** A composition with everything that is wrong with it. `composed` is there if nothing is. */
export interface Inspected {
  readonly composed: Composed | undefined
  /** Those that are sound. */
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

/** Composes a service's release and tells all that is wrong with it: no problem hides another. */
export async function inspectComposition({ service, platform, library, artefact, code: ingredients }: Ingredients): Promise<Inspected> {
  const { release } = platform
  const shape = checkAgainst(service, viewOf(release, library.descriptor))
  const name = service.blueprint.value
  const blueprint = Object.hasOwn(release.blueprints, name) ? release.blueprints[name] : undefined
  if (blueprint === undefined) return { composed: undefined, templates: new Map(), problems: unique(shape), unchecked: [] }

  const merged = await mergeAll(blueprint.stacks, library, service)
  const refused = unsupported(service, blueprint)
  // What this version cannot do is not looked at further.
  const code = refused.length > 0 ? undefined : await inspectCode(service, blueprint, library.descriptor, ingredients)
  const uses = [...usesOf(service, blueprint.stacks), ...(code?.uses ?? [])]
  const targets = { own: merged.readable, platform: await platformOutputs(uses, release, library), artefact: artefact !== null }
  const given = environmentsOf(
    merged.readable,
    { platform: release, descriptor: library.descriptor, recipes: blueprint.stacks, service },
    blueprint,
  )
  const problems = unique([
    ...shape,
    ...refused,
    ...(code?.problems ?? []),
    ...merged.problems,
    ...checkReferences(uses, targets),
    ...given.problems,
  ])
  const found = { templates: merged.stacks, problems, unchecked: merged.unchecked }
  if (problems.length > 0) return { ...found, composed: undefined }

  const sources = sourcesOf(service)
  const manifest: Manifest = {
    schema: 'towpath/release@1',
    service: service.name.value,
    owner: service.owner.value,
    blueprint: name,
    platform: { name: release.platform, version: release.version, digest: platform.digest },
    artefact,
    ...(code ? { code: await manifestCode(code, service, release, ingredients) } : {}),
    stacks: stacksOf(merged.stacks, (stack) => service.stacks.get(stack)?.value.name?.value ?? null),
    environments: given.environments,
    sources: { ...sources.manifest, templates: Object.fromEntries(merged.used) },
  }
  const blobs = new Map([...sources.blobs, ...templateBlobs(merged.stacks)])
  return { ...found, composed: { manifest, blobs, templates: merged.stacks, unchecked: merged.unchecked } }
}

/** Composes the release of the platform's own stacks, from its published release. */
export async function composePlatform(platform: PublishedPlatform, library: TemplateLibrary): Promise<Composed> {
  const { release } = platform
  const merged = await mergeAll(release.stacks, library, null)
  const sources = { platform: release, descriptor: library.descriptor, recipes: release.stacks, service: null }
  const given = environmentsOf(merged.stacks, sources, undefined)
  const problems = unique([...merged.problems, ...given.problems])
  if (problems.length > 0) throw refuse(`platform '${release.platform}'`, problems)
  if (merged.stacks.size === 0)
    throw new TowpathError('bad-input', `platform '${release.platform}' has no stacks of its own to deploy`, {
      at: { file: library.descriptor },
      hint: "add 'stacks' to platform.yml; the stacks of a blueprint are deployed with the services that follow it",
    })
  const manifest: Manifest = {
    schema: 'towpath/release@1',
    service: platformService,
    owner: release.platform,
    blueprint: null,
    platform: { name: release.platform, version: release.version, digest: platform.digest },
    artefact: null,
    stacks: stacksOf(merged.stacks, () => null),
    environments: given.environments,
    sources: { descriptor: null, overrides: {}, additions: {}, templates: Object.fromEntries(merged.used) },
  }
  return { manifest, blobs: templateBlobs(merged.stacks), templates: merged.stacks, unchecked: merged.unchecked }
}

/** What each environment adds: those that the service declares and the platform has, or all of the platform's for its own stacks. */
function environmentsOf(
  stacks: MergedStacks,
  sources: Sources,
  blueprint: StoredBlueprint | undefined,
): { readonly environments: Record<string, ManifestEnvironment>; readonly problems: readonly Problem[] } {
  const { platform, service } = sources
  const declared = Object.entries(platform.environments).filter(([name]) => service === null || service.environments.has(name))
  const environments: Record<string, ManifestEnvironment> = {}
  const problems: Problem[] = []
  for (const [name, { tags }] of declared) {
    const assigned = assign(name, stacks, sources)
    problems.push(...assigned.problems)
    environments[name] = { tags: tagsOf(tags, blueprint, service), parameters: assigned.parameters }
  }
  return { environments, problems }
}

/** The tags of a release's stacks, the service's before the blueprint's before the environment's. */
function tagsOf(
  ofEnvironment: StoredEnvironment['tags'],
  blueprint: StoredBlueprint | undefined,
  service: Service | null,
): Record<string, string> {
  return { ...ofEnvironment, ...blueprint?.tags, ...(service ? plainTags(service.tags) : {}) }
}

/** What blueprint or service have and this version cannot do: refused where it is used, and not where it is published. */
function unsupported({ blueprint: { value: name, place }, variables }: Service, blueprint: StoredBlueprint): readonly Problem[] {
  const problem = (place: Place, key: string): Problem =>
    problemAt(
      place,
      `blueprint '${name}' needs '${key}', which is not supported by this version of towpath`,
      'choose another blueprint, or use a version that has it',
    )
  const [first] = codeOf(blueprint) ? [] : [...variables.inputs.values(), ...variables.parameters.values()]
  const idle = `'variables' are for a playbook, and blueprint '${name}' has its code brought by a stack`
  return [
    ...stillUnsupported(blueprint.unsupported).map((key) => problem(place, key)),
    ...(first ? [problemAt(first.key, idle, 'remove them, or choose a blueprint that ships by codedeploy')] : []),
  ]
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

import { type Digest, digestOf } from '../digest.ts'
import { type MapNode, type Place, problemAt } from '../document/node.ts'
import { inReadingOrder } from '../document/order.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { StoredRecipe } from '../platform/release.ts'
import { inspectResources } from '../resources/inspect.ts'
import type { Service, TemplateFile } from '../service/service.ts'
import { capabilities as capabilitiesOf, nested as nestedOf, outputs as outputsOf, parameters as parametersOf } from '../template/facts.ts'
import { mergeTemplate, type TemplateParts } from '../template/merge/merge.ts'
import { readTemplate } from '../template/read.ts'
import type { MergedStacks, MergedTemplate } from './merged.ts'

/** Where the platform's templates come from: a bucket or a folder. */
export interface TemplateLibrary {
  /** What messages call platform.yml, such as `platform.yml (3.2.0)`. */
  readonly descriptor: string
  /** What messages call a template, such as `scaling.yml (3.2.0)`. */
  shown(file: string): string
  readonly files: ReadonlySet<string>
  /** The content of one of `files`, unchanged. */
  bytes(file: string): Promise<Uint8Array>
}

export interface MergedAll {
  /** Those that are sound. */
  readonly stacks: MergedStacks
  /** Those whose every part could be read, sound or not: enough to check against them what others say, so that no problem hides another. */
  readonly readable: MergedStacks
  readonly problems: readonly Problem[]
  /** Names that could not be checked, since a macro may make them. */
  readonly unchecked: readonly string[]
  /** The platform templates that were used. */
  readonly used: ReadonlyMap<string, Digest>
}

/** Merges the templates of a recipe's stacks with a service's overrides and additions; what is left over of the additions are stacks of its own. */
export async function mergeAll(
  recipes: Readonly<Record<string, StoredRecipe>>,
  library: TemplateLibrary,
  service: Service | null,
): Promise<MergedAll> {
  const merging = new Merging(library, service)
  const readable = new Map<string, MergedTemplate>()
  for (const [stack, { template }] of Object.entries(recipes)) {
    const merged = await merging.template(template, [])
    if (merged) readable.set(stack, merged)
  }
  for (const addition of service?.additions ?? []) {
    if (merging.met.has(addition.name)) continue
    const merged = await merging.own(addition)
    if (merged) readable.set(addition.name, merged)
  }
  for (const override of service?.overrides ?? []) {
    if (!merging.met.has(override.name)) merging.problems.push(stranger(override, merging.met))
  }
  const stacks = new Map([...readable].filter(([, merged]) => merging.sound.has(merged)))
  return { stacks, readable, problems: inReadingOrder(merging.problems), unchecked: merging.unchecked, used: merging.used }
}

function stranger({ file, name }: TemplateFile, known: ReadonlySet<string>): Problem {
  return { file, line: 1, column: 1, message: `the blueprint has no template '${name}' to override`, hint: suggest(name, known) }
}

/** One merge of many templates: each platform template is read and merged once, however many stacks use it. */
class Merging {
  readonly problems: Problem[] = []
  readonly unchecked: string[] = []
  readonly used = new Map<string, Digest>()
  /** Those without a problem of their own. */
  readonly sound = new Set<MergedTemplate>()
  /** The base names of the platform templates that were met. */
  readonly met = new Set<string>()
  readonly #library: TemplateLibrary
  readonly #service: Service | null
  readonly #done = new Map<string, MergedTemplate | undefined>()

  constructor(library: TemplateLibrary, service: Service | null) {
    this.#library = library
    this.#service = service
  }

  /** A platform template, and those nested in it. `path` is the way of files that leads here, `asked` the place that names this one. */
  async template(file: string, path: readonly string[], asked?: Place): Promise<MergedTemplate | undefined> {
    if (this.#done.has(file)) return this.#done.get(file)
    const base = file.replace(/\.[^.]*$/, '')
    this.met.add(base)
    if (!this.#library.files.has(file)) {
      this.problems.push(this.#missing(file, asked))
      return undefined
    }
    const bytes = await this.#library.bytes(file)
    this.used.set(file, digestOf(bytes))
    const shown = this.#library.shown(file)
    const override = this.#service?.overrides.find(({ name }) => name === base)
    const addition = this.#service?.additions.find(({ name }) => name === base)
    const parts = { platform: { text: bytes, file: shown }, override, addition }
    const merged = mergeTemplate(parts)
    // Nested templates are met even where this one is wrong: what is laid over them is not to be taken for a stray.
    const nested = await this.#nested(merged.root, [...path, file])
    const result = await this.#take(merged, parts, shown, nested)
    this.#done.set(file, result)
    return result
  }

  /** A stack of the service's own. */
  own(addition: TemplateFile): Promise<MergedTemplate | undefined> {
    const merged = mergeTemplate({ addition })
    for (const [id, { path, place }] of nestedOf(merged.root)) {
      const message = `the TemplateURL '${path}' of '${id}' is relative, and only the platform's templates can be nested`
      this.problems.push(problemAt(place, message, 'give a full https URL, or move the nested resources into this file'))
    }
    return this.#take(merged, { addition }, addition.file, new Map())
  }

  /** Notes what is wrong with a template, and gives it if all its parts could be read. */
  async #take(
    { root, text, digest, problems, unchecked }: ReturnType<typeof mergeTemplate>,
    parts: TemplateParts,
    file: string,
    nested: MergedTemplate['nested'],
  ): Promise<MergedTemplate | undefined> {
    // What the types' schemas say is only told of what is sound otherwise: it may be another mistake's shadow.
    const inspected = problems.length === 0 ? await inspectResources(root) : undefined
    this.problems.push(...problems, ...(inspected?.problems ?? []))
    this.unchecked.push(...unchecked, ...(inspected?.unchecked ?? []))
    const merged = { file, root, text, digest, ...factsOf(root), nested }
    if (inspected?.problems.length === 0) this.sound.add(merged)
    return problems.length === 0 || isReadable(parts) ? merged : undefined
  }

  async #nested(root: MapNode, path: readonly string[]): Promise<ReadonlyMap<string, MergedTemplate>> {
    const nested = new Map<string, MergedTemplate>()
    for (const [id, { path: url, place }] of nestedOf(root)) {
      const child = url.replace(/^(\.\/)+/, '')
      if (path.includes(child)) {
        const circle = [...path.slice(path.indexOf(child)), child].join(' → ')
        this.problems.push(
          problemAt(place, `template '${child}' nests itself: ${circle}`, 'name another template, or remove the nested stack'),
        )
        continue
      }
      const merged = await this.template(child, path, place)
      if (merged) nested.set(id, merged)
    }
    return nested
  }

  #missing(file: string, asked: Place | undefined): Problem {
    const message = `the platform has no template '${file}'`
    const hint = suggest(file, this.#library.files)
    return asked ? problemAt(asked, message, hint) : { file: this.#library.descriptor, line: 1, column: 1, message, hint }
  }
}

function isReadable({ platform, override, addition }: TemplateParts): boolean {
  const parts = [[platform, 'platform'] as const, [override, 'override'] as const, [addition, 'addition'] as const]
  return parts.every(([part, role]) => {
    const read = part && readTemplate(part.text, part.file, role)
    return read === undefined || read.root !== undefined || read.problems.length === 0
  })
}

function factsOf(root: MapNode): Pick<MergedTemplate, 'capabilities' | 'parameters' | 'outputs'> {
  return { capabilities: capabilitiesOf(root), parameters: parametersOf(root), outputs: outputsOf(root) }
}

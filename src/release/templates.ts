import { type Digest, digestOf } from '../digest.ts'
import { inReadingOrder } from '../document/order.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { StoredRecipe } from '../platform/release.ts'
import type { Service, TemplateFile } from '../service/service.ts'
import { capabilities as capabilitiesOf, nested as nestedOf, outputs as outputsOf, parameters as parametersOf } from '../template/facts.ts'
import { mergeTemplate } from '../template/merge.ts'
import type { MergedTemplate } from './merged.ts'

/** Where the platform's templates come from: a bucket or a folder. */
export interface TemplateLibrary {
  /** What messages call the platform's templates of this release, such as `scaling.yml (3.2.0)`. */
  shown(file: string): string
  readonly files: ReadonlySet<string>
  text(file: string): Promise<string>
}

export interface MergedAll {
  readonly stacks: ReadonlyMap<string, MergedTemplate>
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
  const stacks = new Map<string, MergedTemplate>()
  for (const [stack, { template }] of Object.entries(recipes)) {
    const merged = await merging.template(template, [])
    if (merged) stacks.set(stack, merged)
  }
  for (const addition of service?.additions ?? []) {
    if (merging.met.has(addition.name)) continue
    const merged = merging.own(addition)
    if (merged) stacks.set(addition.name, merged)
  }
  for (const override of service?.overrides ?? []) {
    if (!merging.met.has(override.name)) merging.problems.push(stranger(override, merging.met))
  }
  return { stacks, problems: inReadingOrder(merging.problems), unchecked: merging.unchecked, used: merging.used }
}

function stranger({ file, name }: TemplateFile, known: ReadonlySet<string>): Problem {
  return { file, line: 1, column: 1, message: `the blueprint has no template '${name}' to override`, hint: suggest(name, known) }
}

/** One merge of many templates: each platform template is read and merged once, however many stacks use it. */
class Merging {
  readonly problems: Problem[] = []
  readonly unchecked: string[] = []
  readonly used = new Map<string, Digest>()
  /** The base names of the platform templates that were met. */
  readonly met = new Set<string>()
  readonly #library: TemplateLibrary
  readonly #service: Service | null
  readonly #done = new Map<string, MergedTemplate | undefined>()

  constructor(library: TemplateLibrary, service: Service | null) {
    this.#library = library
    this.#service = service
  }

  /** A platform template, and those nested in it. `path` is the way of files that leads here. */
  async template(file: string, path: readonly string[]): Promise<MergedTemplate | undefined> {
    if (this.#done.has(file)) return this.#done.get(file)
    const base = baseName(file)
    this.met.add(base)
    if (!this.#library.files.has(file)) {
      this.problems.push({
        file: this.#library.shown(path.at(-1) ?? 'platform.yml'),
        line: 1,
        column: 1,
        message: `the platform has no template '${file}'`,
        hint: suggest(file, this.#library.files),
      })
      return undefined
    }
    const text = await this.#library.text(file)
    this.used.set(file, digestOf(text))
    const shown = this.#library.shown(file)
    const override = this.#service?.overrides.find(({ name }) => name === base)
    const addition = this.#service?.additions.find(({ name }) => name === base)
    const merged = mergeTemplate({ platform: { text, file: shown }, ...(override ? { override } : {}), ...(addition ? { addition } : {}) })
    const result = await this.#finish(file, merged, [...path, file])
    this.#done.set(file, result)
    return result
  }

  /** A stack of the service's own. */
  own(addition: TemplateFile): MergedTemplate | undefined {
    const merged = mergeTemplate({ addition })
    this.problems.push(...merged.problems)
    this.unchecked.push(...merged.unchecked)
    const { root, text, digest } = merged
    if (!root || merged.problems.length > 0) return undefined
    for (const [id, { path, place }] of nestedOf(root)) {
      this.problems.push({
        file: addition.file,
        ...place.source.position(place.offset),
        message: `the TemplateURL '${path}' of '${id}' is relative, and only the platform's templates can be nested`,
        hint: 'give a full https URL, or move the nested resources into this file',
      })
    }
    return {
      file: addition.file,
      root,
      text,
      digest,
      capabilities: capabilitiesOf(root),
      parameters: parametersOf(root),
      outputs: outputsOf(root),
      nested: new Map(),
    }
  }

  async #finish(
    file: string,
    { root, text, digest, problems, unchecked }: ReturnType<typeof mergeTemplate>,
    path: readonly string[],
  ): Promise<MergedTemplate | undefined> {
    this.problems.push(...problems)
    this.unchecked.push(...unchecked)
    if (!root || problems.length > 0) return undefined
    const nested = new Map<string, MergedTemplate>()
    for (const [id, { path: url, place }] of nestedOf(root)) {
      const child = url.replace(/^\.\//, '')
      if (path.includes(child)) {
        this.problems.push({
          file: place.source.file,
          ...place.source.position(place.offset),
          message: `template '${file}' nests itself: ${[...path, child].join(' → ')}`,
        })
        continue
      }
      const merged = await this.template(child, path)
      if (merged) nested.set(id, merged)
    }
    return {
      file: this.#library.shown(file),
      root,
      text,
      digest,
      capabilities: capabilitiesOf(root),
      parameters: parametersOf(root),
      outputs: outputsOf(root),
      nested,
    }
  }
}

function baseName(file: string): string {
  return file.replace(/\.[^.]*$/, '')
}

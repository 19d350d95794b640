import { join } from 'node:path'
import { documentBytes } from '../bucket/documents.ts'
import { type Digest, digestOf } from '../digest.ts'
import { inReadingOrder } from '../document/order.ts'
import { refuse } from '../errors.ts'
import type { MergedStacks, MergedTemplate } from '../release/merged.ts'
import { mergeAll } from '../release/templates.ts'
import { viewOf } from '../release/view.ts'
import type { MergedTemplateRow } from '../render/merged.ts'
import { checkAgainst } from '../service/against.ts'
import type { Service } from '../service/service.ts'
import { origins as originsOf } from '../template/write.ts'
import type { PlatformSource } from './library.ts'
import type { Machine } from './machine.ts'

/** Merges a service with a platform, and writes a file for each template. */
export async function mergeInto(
  machine: Machine,
  service: Service,
  { platform: published, library }: PlatformSource,
  out: string,
  explain: boolean,
): Promise<{ readonly templates: readonly MergedTemplateRow[]; readonly digest: Digest }> {
  const { blueprints } = published.release
  const problems = checkAgainst(service, viewOf(published.release, library.descriptor))
  const name = service.blueprint.value
  const recipes = Object.hasOwn(blueprints, name) ? (blueprints[name]?.stacks ?? {}) : {}
  const merged = await mergeAll(recipes, library, service)
  // Without a blueprint every override would be reported as unused, which would hide the real mistake.
  const all = Object.hasOwn(blueprints, name) ? [...problems, ...merged.problems] : problems
  if (all.length > 0) throw refuse(`service '${service.name.value}'`, inReadingOrder(all))
  const templates: MergedTemplateRow[] = []
  for (const [stack, { root, text, digest }] of flat(merged.stacks)) {
    const file = join(out, `${stack}.json`)
    await machine.files.write(file, text)
    templates.push({ stack, file, digest, ...(explain ? { origins: originsOf(root) } : {}) })
  }
  return { templates, digest: digestOf(documentBytes(templates.map(({ stack, digest }) => ({ stack, digest })))) }
}

/** The templates of all stacks, each followed by the templates nested in it. */
function flat(stacks: MergedStacks, above = ''): readonly (readonly [string, MergedTemplate])[] {
  return [...stacks].flatMap(([name, template]) => [[above + name, template] as const, ...flat(template.nested, `${above}${name}/`)])
}

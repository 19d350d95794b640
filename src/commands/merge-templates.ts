import { join } from 'node:path'
import { documentBytes } from '../bucket/documents.ts'
import { digestOf } from '../digest.ts'
import { inReadingOrder } from '../document/order.ts'
import { refuse, TowpathError } from '../errors.ts'
import type { MergedStacks, MergedTemplate } from '../release/merged.ts'
import { mergeAll } from '../release/templates.ts'
import { viewOf } from '../release/view.ts'
import { type MergedTemplateRow, mergedText } from '../render/merged.ts'
import { checkAgainst } from '../service/against.ts'
import { readService } from '../service/read.ts'
import { origins as originsOf } from '../template/write.ts'
import { command } from './command.ts'
import { path } from './common.ts'
import { publishedPlatform } from './library.ts'
import { readPlatformHere } from './platform-folder.ts'
import { summaries } from './summaries.ts'

export default command({
  name: 'merge-templates',
  summary: summaries['merge-templates'],
  inputs: {
    path: { ...path, description: 'The service repository.' },
    bucket: { kind: 'string', env: 'TOWPATH_BUCKET', description: 'The platform bucket; or --platform.' },
    platform: { kind: 'folder', description: 'A platform repository on this machine, instead of --bucket; then no cloud is touched.' },
    out: { kind: 'folder', default: 'merged', description: 'Where the merged templates are written, one JSON file a stack.' },
    explain: { kind: 'boolean', description: 'Tell of each value which file and line it comes from.' },
  },
  outputs: {
    templates: {
      kind: 'list',
      description:
        'Each: stack (and the way to a nested one, as stack/LogicalId), file, digest; with --explain also origins (pointer, file, line).',
    },
    digest: { kind: 'string', description: 'Of all of them together.' },
  },
  examples: [
    'merge-templates --path . --platform ../platform --out merged',
    'merge-templates --path . --bucket acme-towpath --explain --json',
  ],
  async run({ path, bucket, platform, out, explain }, world) {
    const service = await readService(world.files, path)
    const { platform: published, library } =
      platform === undefined
        ? await publishedPlatform(await world.objects(required(bucket)), service.platform.value)
        : await readPlatformHere(world, platform)
    const { blueprints } = published.release
    const problems = checkAgainst(service, viewOf(published.release, library.descriptor))
    const name = service.blueprint.value
    const recipes = Object.hasOwn(blueprints, name) ? (blueprints[name]?.stacks ?? {}) : {}
    const merged = await mergeAll(recipes, library, service)
    // Without the blueprint every override would be a stray: that is not what is wrong.
    const all = Object.hasOwn(blueprints, name) ? [...problems, ...merged.problems] : problems
    if (all.length > 0) throw refuse(`service '${service.name.value}'`, inReadingOrder(all))
    const templates: MergedTemplateRow[] = []
    for (const [stack, { root, text, digest }] of flat(merged.stacks)) {
      const file = join(out, `${stack}.json`)
      await world.files.write(file, text)
      templates.push({ stack, file, digest, ...(explain ? { origins: originsOf(root) } : {}) })
    }
    return { templates, digest: digestOf(documentBytes(templates.map(({ stack, digest }) => ({ stack, digest })))) }
  },
  text: ({ templates }) => mergedText(templates as readonly MergedTemplateRow[]),
})

/** Stacks, each followed by the templates nested in it. */
function flat(stacks: MergedStacks, above = ''): readonly (readonly [string, MergedTemplate])[] {
  return [...stacks].flatMap(([name, template]) => [[above + name, template] as const, ...flat(template.nested, `${above}${name}/`)])
}

function required(bucket: string | undefined): string {
  if (bucket === undefined)
    throw new TowpathError('bad-input', 'merge-templates needs --platform or --bucket (or TOWPATH_BUCKET)', {
      hint: 'see towpath merge-templates --help',
    })
  return bucket
}

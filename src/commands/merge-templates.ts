import { join } from 'node:path'
import { documentBytes } from '../bucket/documents.ts'
import { digestOf } from '../digest.ts'
import { refuse, TowpathError } from '../errors.ts'
import { mergeAll } from '../release/templates.ts'
import { viewOf } from '../release/view.ts'
import { checkAgainst } from '../service/against.ts'
import { readService } from '../service/read.ts'
import { origins as originsOf } from '../template/write.ts'
import { command } from './command.ts'
import { path } from './common.ts'
import { localPlatform, publishedPlatform } from './library.ts'
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
    templates: { kind: 'list', description: 'Each: stack, file, digest; with --explain also origins (pointer, file, line).' },
    digest: { kind: 'string', description: 'Of all of them together.' },
  },
  examples: [
    'merge-templates --path . --platform ../platform --out merged',
    'merge-templates --path . --bucket acme-towpath --explain --json',
  ],
  async run({ path, bucket, platform, out, explain }, world) {
    const service = await readService(world.files, path)
    const source =
      platform === undefined
        ? await publishedPlatform(await world.objects(required(bucket)), service.platform.value)
        : await localPlatform(world, platform)
    const { release } = source.platform
    const problems = checkAgainst(service, viewOf(release))
    const blueprint = release.blueprints[service.blueprint.value]
    if (blueprint === undefined) throw refuse(`service '${service.name.value}'`, problems)
    const merged = await mergeAll(blueprint.stacks, source.library, service)
    const all = [...problems, ...merged.problems]
    if (all.length > 0) throw refuse(`service '${service.name.value}'`, all)
    const templates: { stack: string; file: string; digest: string }[] = []
    for (const [stack, { root, text, digest }] of merged.stacks) {
      const file = join(out, `${stack}.json`)
      await world.files.write(file, text)
      templates.push({ stack, file, digest, ...(explain ? { origins: originsOf(root) } : {}) })
    }
    return { templates, digest: digestOf(documentBytes(templates.map(({ stack, digest }) => ({ stack, digest })))) }
  },
  text: ({ templates }) => {
    const rows = templates as readonly {
      readonly stack: string
      readonly file: string
      readonly origins?: readonly { readonly pointer: string; readonly file: string; readonly line: number }[]
    }[]
    return rows
      .flatMap(({ stack, file, origins }) => [
        `${stack}: ${file}`,
        ...(origins ?? []).map(({ pointer, file: from, line }) => `  ${pointer}  ${from}:${line}`),
      ])
      .join('\n')
  },
})

function required(bucket: string | undefined): string {
  if (bucket === undefined)
    throw new TowpathError('bad-input', 'merge-templates needs --platform or --bucket (or TOWPATH_BUCKET)', {
      hint: 'see towpath merge-templates --help',
    })
  return bucket
}

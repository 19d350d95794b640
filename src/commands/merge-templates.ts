import { TowpathError } from '../errors.ts'
import { type MergedTemplateRow, mergedText } from '../render/merged.ts'
import { readService } from '../service/read.ts'
import { command } from './command.ts'
import { path } from './common.ts'
import { publishedPlatform } from './library.ts'
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
        : await (await import('./platform-folder.ts')).readPlatformHere(world, platform)
    const { mergeInto } = await import('./merging.ts')
    return mergeInto(world, service, { platform: published, library }, out, explain)
  },
  text: ({ templates }) => mergedText(templates as readonly MergedTemplateRow[]),
})

function required(bucket: string | undefined): string {
  if (bucket === undefined)
    throw new TowpathError('bad-input', 'merge-templates needs --platform or --bucket (or TOWPATH_BUCKET)', {
      hint: 'see towpath merge-templates --help',
    })
  return bucket
}

import { TowpathError } from '../errors.ts'
import { type MergedTemplateRow, mergedText } from '../render/merged.ts'
import { type PlatformSource, publishedPlatform } from '../repository/library.ts'
import { command, list } from './command.ts'
import { path } from './inputs.ts'
import type { World } from './world.ts'

export default command({
  name: 'merge-templates',
  summary: "Write a service's templates with its overrides and additions merged in.",
  inputs: {
    path: { ...path, description: 'The service repository.' },
    bucket: { kind: 'string', env: 'TOWPATH_BUCKET', description: 'The platform bucket; or --platform.' },
    platform: { kind: 'folder', description: 'A platform repository on this machine, instead of --bucket; then no cloud is touched.' },
    out: { kind: 'folder', default: 'merged', description: 'Where the merged templates are written, one JSON file a stack.' },
    explain: { kind: 'boolean', description: 'Tell of each value which file and line it comes from.' },
  },
  outputs: {
    templates: list<MergedTemplateRow>(
      'Each: stack (and the way to a nested one, as stack/LogicalId), file, digest; with --explain also origins (pointer, file, line).',
    ),
    digest: { kind: 'string', description: 'Of all of them together.' },
  },
  examples: [
    'merge-templates --path . --platform ../platform --out merged',
    'merge-templates --path . --bucket acme-towpath --explain --json',
  ],
  async run({ path, bucket, platform, out, explain }, world) {
    const platformOf = await findSource(world, platform, bucket)
    const { readService } = await import('../service/read.ts')
    const service = await readService(world.files, path)
    const source = await platformOf(service.platform.value)
    const { mergeInto } = await import('../repository/merge.ts')
    return mergeInto(world, service, source, out, explain)
  },
  text: ({ templates }) => mergedText(templates),
})

/** Opens the source of platforms. The bucket is checked before the service is read, which takes a while. */
async function findSource(
  world: World,
  platform: string | undefined,
  bucket: string | undefined,
): Promise<(channelOrVersion: string) => Promise<PlatformSource>> {
  if (platform !== undefined) return async () => (await import('../repository/platform-folder.ts')).readPlatformHere(world, platform)
  const objects = await world.objects(required(bucket))
  await objects.check()
  return (channelOrVersion) => publishedPlatform(objects, channelOrVersion)
}

function required(bucket: string | undefined): string {
  if (bucket === undefined)
    throw new TowpathError('bad-input', 'merge-templates needs --platform or --bucket (or TOWPATH_BUCKET)', {
      hint: 'see towpath merge-templates --help',
    })
  return bucket
}

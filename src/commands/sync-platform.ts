import { TowpathError } from '../errors.ts'
import { readChannel } from '../platform/channel.ts'
import { publish } from '../platform/publish.ts'
import { registerOf } from '../platform/register/register.ts'
import { requireNothingLost } from '../platform/register/replace.ts'
import { environmentEntries } from '../platform/release.ts'
import { isChannel } from '../service/names.ts'
import { command } from './command.ts'
import { bucket, path } from './inputs.ts'
import { summaries } from './summaries.ts'

export default command({
  name: 'sync-platform',
  summary: summaries['sync-platform'],
  inputs: {
    path: { ...path, description: 'The platform repository.' },
    bucket,
    channel: { kind: 'string', default: 'stable', description: 'The channel to move: services name it in service.yml.' },
    'remove-service': {
      kind: 'strings',
      description:
        'A service that was deployed and is in the register no longer: from then on nobody deploys it or rolls it back; repeatable.',
    },
    'without-register': {
      kind: 'boolean',
      description: 'Publish a platform.yml without services over a register that has some: a name then belongs to whoever releases first.',
    },
    'rename-from': { kind: 'string', description: 'The name of the platform whose place this one takes, if it was renamed.' },
    downgrade: { kind: 'boolean', description: 'Let the channel move to a lower version.' },
  },
  outputs: {
    version: { kind: 'string', description: 'The version that the channel names now.' },
    digest: { kind: 'string', description: "The digest of the platform release's manifest." },
    uploaded: { kind: 'number', description: 'How many blobs were sent.' },
    unchanged: { kind: 'number', description: 'How many blobs the bucket held already.' },
    'channel-moved': { kind: 'boolean', description: 'False if nothing was to be done.' },
  },
  examples: ['sync-platform --path platform --bucket acme-towpath', 'sync-platform --path platform --bucket acme-towpath --channel next'],
  async run(
    { path, bucket, channel, 'remove-service': removed, 'without-register': without, 'rename-from': renameFrom, downgrade },
    world,
  ) {
    if (!isChannel(channel))
      throw new TowpathError('bad-input', `'${channel}' is no name for a channel`, {
        hint: 'lower case letters, digits and hyphens, beginning with a letter',
      })
    if (channel !== 'stable' && (removed.length > 0 || without))
      throw new TowpathError('bad-input', `the register does not change with channel '${channel}'`, {
        hint: 'leave --remove-service and --without-register out: they are for stable',
      })
    const objects = await world.objects(bucket)
    // Checked first: reading and packing the folder takes a while, and an unreachable bucket is reported before that.
    const before = await readChannel(objects, channel)
    const { readPlatformHere } = await import('../repository/platform-folder.ts')
    const { descriptor, folder, platform } = await readPlatformHere(world, path)
    const published = await publish(
      objects,
      {
        release: platform.release,
        environments: environmentEntries(descriptor),
        register: {
          next: registerOf(descriptor),
          check: (inForce) => requireNothingLost(objects, inForce, registerOf(descriptor), { removed, without }),
        },
        content(digest) {
          world.interrupted.throwIfAborted()
          return folder.content(digest)
        },
      },
      channel,
      world.log,
      Promise.resolve(before),
      { renameFrom, downgrade },
    )
    const { version, digest, uploaded, unchanged, channelMoved } = published
    return { version, digest, uploaded, unchanged, 'channel-moved': channelMoved }
  },
  text: ({ version, uploaded, unchanged, 'channel-moved': moved }) =>
    moved
      ? `published platform ${version}: ${uploaded} uploaded, ${unchanged} were there already`
      : `platform ${version} is published already, nothing changed`,
})

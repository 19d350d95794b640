import { readDocument, type Stored } from '../bucket/documents.ts'
import { channelKey, channels, nameIn, platformReleaseKey, platformReleases } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import type { Digest } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { compareVersions, isVersion } from '../service/names.ts'
import type { PlatformRelease } from './release.ts'

/** A named pointer to a platform release, with what a sync compares itself to. */
export interface Channel {
  readonly schema: 'towpath/channel@1'
  readonly channel: string
  /** The platform's name; absent in what was written before channels named it. */
  readonly platform?: string
  readonly version: string
  /** The digest of the platform release's manifest. */
  readonly release: Digest
  /** Every file of that release by name. */
  readonly inventory: Readonly<Record<string, Digest>>
  /** The digest of each environment's entry as it was when the channel moved. */
  readonly environments: Readonly<Record<string, Digest>>
  /** The digest of the register as it was when the channel moved. Absent: a channel that it does not follow, or one of an earlier version. */
  readonly register?: Digest
}

/** A platform release as it was found in a bucket. */
export interface PublishedPlatform {
  readonly release: PlatformRelease
  readonly digest: Digest
}

export function readChannel(objects: Objects, channel: string): Promise<Stored<Channel> | undefined> {
  return readDocument<Channel>(objects, channelKey(channel), 'towpath/channel@1')
}

export async function readPlatformRelease(objects: Objects, version: string): Promise<PublishedPlatform | undefined> {
  const found = await readDocument<PlatformRelease>(objects, platformReleaseKey(version), 'towpath/platform-release@1')
  return found && { release: found.value, digest: found.digest }
}

/** Follows a channel, or takes an exact version. Throws 'not-found' with those there are. */
export async function resolvePlatform(objects: Objects, channelOrVersion: string): Promise<PublishedPlatform> {
  if (!isVersion(channelOrVersion)) return follow(objects, channelOrVersion)
  const found = await readPlatformRelease(objects, channelOrVersion)
  return found ?? fail(await unknown(objects, 'platform release', channelOrVersion, platformReleases))
}

async function follow(objects: Objects, name: string): Promise<PublishedPlatform> {
  const channel = await readChannel(objects, name)
  if (channel === undefined) throw await unknown(objects, 'channel', name, channels)
  const { version, release } = channel.value
  const found = await readPlatformRelease(objects, version)
  if (found?.digest === release) return found
  const key = platformReleaseKey(version)
  throw new TowpathError(
    'failed',
    `channel '${name}' names platform release ${version}, which ${found ? 'has other content now' : 'is not there'}: s3://${objects.bucket}/${key}`,
    { blame: 'service', hint: 'restore an earlier version of the object, or publish the platform under a new version' },
  )
}

async function unknown(objects: Objects, what: string, name: string, prefix: string): Promise<TowpathError> {
  const known = (await objects.list(prefix)).map(({ key }) => nameIn(key))
  const none = 'no platform was published here yet; run towpath sync-platform in the platform repository'
  const hint = known.length === 0 ? none : prefix === channels ? suggest(name, known) : `the newest are ${newest(known).join(', ')}`
  return new TowpathError('not-found', `no ${what} '${name}' in bucket '${objects.bucket}'`, { hint })
}

/** The highest of some versions, highest first: a version that is nearly the same is no better a guess than any other. */
function newest(versions: readonly string[]): readonly string[] {
  return versions.toSorted((a, b) => compareVersions(b, a)).slice(0, 5)
}

function fail(error: TowpathError): never {
  throw error
}

import { readDocument, type Stored } from '../bucket/documents.ts'
import { channelKey, channels, nameIn, platformReleaseKey, platformReleases } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import type { Digest } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { isVersion } from '../service/names.ts'
import type { PlatformRelease } from './release.ts'

/** A named pointer to a platform release, with what a sync compares itself to. */
export interface Channel {
  readonly schema: 'towpath/channel@1'
  readonly channel: string
  readonly version: string
  /** The digest of the platform release's manifest. */
  readonly release: Digest
  /** Every file of that release by name. */
  readonly inventory: Readonly<Record<string, Digest>>
  /** The digest of each environment's entry as it was when the channel moved. */
  readonly environments: Readonly<Record<string, Digest>>
}

/** A platform release as it was found in a bucket. */
export interface Published {
  readonly release: PlatformRelease
  readonly digest: Digest
}

export function readChannel(objects: Objects, channel: string): Promise<Stored<Channel> | undefined> {
  return readDocument<Channel>(objects, channelKey(channel), 'towpath/channel@1')
}

export async function readPlatformRelease(objects: Objects, version: string): Promise<Published | undefined> {
  const found = await readDocument<PlatformRelease>(objects, platformReleaseKey(version), 'towpath/platform-release@1')
  return found && { release: found.value, digest: found.digest }
}

/** Follows a channel, or takes an exact version. Throws 'not-found' with those there are. */
export async function resolvePlatform(objects: Objects, channelOrVersion: string): Promise<Published> {
  const version = isVersion(channelOrVersion) ? channelOrVersion : (await readChannel(objects, channelOrVersion))?.value.version
  const found = version === undefined ? undefined : await readPlatformRelease(objects, version)
  if (found) return found
  const exact = isVersion(channelOrVersion)
  const known = (await objects.list(exact ? platformReleases : channels)).map(nameIn)
  const what = exact ? 'platform release' : 'channel'
  throw new TowpathError('not-found', `no ${what} '${channelOrVersion}' in bucket '${objects.bucket}'`, {
    hint:
      known.length === 0
        ? 'no platform was published here yet; run towpath sync-platform in the platform repository'
        : suggest(channelOrVersion, known),
  })
}

import type { Objects } from '../bucket/objects.ts'
import { TowpathError } from '../errors.ts'
import { compareVersions } from '../service/names.ts'
import { type Channel, readChannel, readPlatformRelease } from './channel.ts'
import type { PlatformRelease } from './release.ts'

/** What a publication may do on purpose that is a mistake otherwise. */
export interface Succession {
  /** The name of the platform whose place this one takes. */
  readonly renameFrom?: string | undefined
  /** True if the channel may move to a lower version. */
  readonly downgrade?: boolean
}

/**
 * Refuses, before anything is written, a platform of another name than the channel's, and a version below it. A channel that is new is
 * compared with `leading`. Costs a request only where the channel was written before channels named their platform, or is new.
 * Throws 'conflict'.
 */
export async function requireSuccessor(
  objects: Objects,
  release: PlatformRelease,
  channel: string,
  leading: string,
  before: Channel | undefined,
  { renameFrom, downgrade = false }: Succession,
): Promise<void> {
  const ruling = before ?? (channel === leading ? undefined : (await readChannel(objects, leading))?.value)
  if (ruling === undefined) return
  const name = ruling.platform ?? (await readPlatformRelease(objects, ruling.version))?.release.platform
  if (name !== undefined && name !== release.platform && name !== renameFrom)
    throw new TowpathError('conflict', `channel '${ruling.channel}' is of platform '${name}', and this is platform '${release.platform}'`, {
      hint:
        renameFrom === undefined
          ? `check --bucket and --path; if the platform has a new name, give --rename-from ${name}`
          : `the platform there is not '${renameFrom}': check the name, the bucket and the path`,
    })
  if (before !== undefined && !downgrade && compareVersions(release.version, before.version) < 0)
    throw new TowpathError('conflict', `version ${release.version} is lower than ${before.version}, which channel '${channel}' names now`, {
      hint: "raise 'version' in platform.yml; to move the channel back on purpose, give --downgrade",
    })
}

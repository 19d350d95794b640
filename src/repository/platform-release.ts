import { documentBytes } from '../bucket/documents.ts'
import type { Objects } from '../bucket/objects.ts'
import { digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { readPlatformRelease } from '../platform/channel.ts'
import { differences } from '../platform/differences.ts'
import { readPlatformFolder } from '../platform/folder.ts'
import { readPlatform } from '../platform/read.ts'
import { platformRelease } from '../platform/release.ts'
import { type Composed, composePlatform } from '../release/compose.ts'
import { fromBucket } from './library.ts'
import type { Machine } from './machine.ts'

/**
 * Composes the release of the platform's own stacks. It comes from the published platform, never from the folder: throws 'conflict' if the
 * two differ, and 'not-found' if this version is not published.
 */
export async function composePlatformAt(machine: Machine, objects: Objects, path: string): Promise<Composed> {
  const platform = await readPlatform(machine.files, path)
  const { files } = await readPlatformFolder(machine.files, machine.archiver, path)
  const here = platformRelease(platform, files)
  const published = await readPlatformRelease(objects, here.version)
  const at = { file: platform.file }
  const sync = `run towpath sync-platform --path ${path} --bucket ${objects.bucket} first`
  if (published === undefined)
    throw new TowpathError('not-found', `platform release ${here.version} is not in bucket '${objects.bucket}'`, { at, hint: sync })
  if (published.digest !== digestOf(documentBytes(here))) {
    const listed = differences(published.release, here)
    throw new TowpathError('conflict', `the platform here differs from its published release ${here.version}: ${listed.join(', ')}`, {
      at,
      hint: `undo the change, or raise 'version' in platform.yml and ${sync}`,
    })
  }
  const { library } = fromBucket(objects, published)
  return composePlatform(published, library)
}

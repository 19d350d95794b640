import { getText } from '../bucket/blobs.ts'
import { documentBytes } from '../bucket/documents.ts'
import type { Objects } from '../bucket/objects.ts'
import { digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import type { Json } from '../json.ts'
import { type Published, resolvePlatform } from '../platform/channel.ts'
import { readPlatformFolder, releaseOfFolder } from '../platform/folder.ts'
import { readPlatform } from '../platform/read.ts'
import type { TemplateLibrary } from '../release/templates.ts'
import type { World } from './world.ts'

/** A platform and its templates, wherever they come from. */
export interface PlatformSource {
  readonly platform: Published
  readonly library: TemplateLibrary
}

/** The platform that a service asks for, from the bucket. */
export async function publishedPlatform(objects: Objects, channelOrVersion: string): Promise<PlatformSource> {
  return fromBucket(objects, await resolvePlatform(objects, channelOrVersion))
}

export function fromBucket(objects: Objects, platform: Published): PlatformSource {
  const { templates, version } = platform.release
  return {
    platform,
    library: {
      shown: (file) => `${file} (${version})`,
      files: new Set(Object.keys(templates)),
      text(file) {
        const digest = templates[file]
        if (digest === undefined) throw new TowpathError('bug', `the platform has no template '${file}'`)
        return getText(objects, digest, `the platform's template ${file} (${version})`)
      },
    },
  }
}

/** A platform repository on this machine, as if it had been published. Touches no cloud. */
export async function localPlatform(world: World, folder: string): Promise<PlatformSource> {
  const platform = await readPlatform(world.files, folder)
  const contents = await readPlatformFolder(world.files, world.archiver, folder)
  const release = releaseOfFolder(platform, contents)
  return {
    platform: { release, digest: digestOf(documentBytes(release as unknown as Json)) },
    library: {
      shown: (file) => `${folder}/cloudFormation/${file}`,
      files: new Set(contents.templates.keys()),
      text: async (file) => contents.templates.get(file) ?? '',
    },
  }
}

import { getBlob } from '../bucket/blobs.ts'
import type { Objects } from '../bucket/objects.ts'
import { TowpathError } from '../errors.ts'
import { type PublishedPlatform, resolvePlatform } from '../platform/channel.ts'
import type { PublishedAnsible } from '../playbook/tree.ts'
import type { TemplateLibrary } from '../release/templates.ts'

/** A platform with its templates, from a bucket or a folder. */
export interface PlatformSource {
  readonly platform: PublishedPlatform
  readonly library: TemplateLibrary
  readonly ansible: PublishedAnsible
}

/** The platform that a service asks for, from the bucket. */
export async function publishedPlatform(objects: Objects, channelOrVersion: string): Promise<PlatformSource> {
  return fromBucket(objects, await resolvePlatform(objects, channelOrVersion))
}

/** A published platform with its templates, each read at most once. */
export function fromBucket(objects: Objects, platform: PublishedPlatform): PlatformSource {
  const { templates, playbooks, roles, version } = platform.release
  const read = new Map<string, Promise<Uint8Array>>()
  return {
    platform,
    library: {
      descriptor: `platform.yml (${version})`,
      shown: (file) => `${file} (${version})`,
      files: new Set(Object.keys(templates)),
      bytes(file) {
        const digest = Object.hasOwn(templates, file) ? templates[file] : undefined
        if (digest === undefined) throw new TowpathError('bug', `the platform has no template '${file}'`)
        const bytes = read.get(file) ?? getBlob(objects, digest, `the platform's template ${file} (${version})`)
        read.set(file, bytes)
        return bytes
      },
    },
    ansible: {
      playbooks,
      roles,
      shown: (path) => `${path} (${version})`,
      content: (digest, what) => getBlob(objects, digest, what),
    },
  }
}

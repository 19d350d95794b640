import type { Archive } from '../artefact/archive.ts'
import { verifyBlob } from '../bucket/blobs.ts'
import { blobKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { digestOf } from '../digest.ts'
import { assembleBundle, type BundleParts } from '../playbook/bundle.ts'
import { type PublishedAnsible, platformTree, serviceTree } from '../playbook/tree.ts'
import type { CodeIngredients } from '../release/code.ts'
import type { Machine } from './machine.ts'

/** The bundle of a release that is being composed on this machine. */
export interface Bundling extends CodeIngredients {
  /** Stores it once, with progress; nothing, if there is none. */
  store(objects: Objects): Promise<void>
  /** Deletes what was made. */
  remove(): Promise<void>
}

/** What a bundle is made of: the platform's Ansible, the service's in a folder, an artefact that can be read. */
export function bundling(machine: Machine, ansible: PublishedAnsible, folder: string, artefact: BundleParts['artefact']): Bundling {
  const { files, archiver, log, interrupted } = machine
  let made: Archive | undefined
  return {
    ...treesOf(machine, ansible, folder),
    async bundle(parts) {
      tellReplaced(machine, parts)
      made = await assembleBundle({ files, archiver, log, interrupted }, { ...parts, artefact })
      return made.digest
    },
    async store(objects) {
      if (made === undefined) return
      const { digest, bytes, body } = made
      const key = blobKey(digest)
      if ((await verifyBlob(objects, digest, 'the bundle')) !== 'absent') return
      // What another run stored under the name meanwhile is compared, too.
      if ((await objects.create(key, body, (sent) => log.progress('uploading the bundle', sent, bytes))) === 'exists')
        await verifyBlob(objects, digest, 'the bundle')
    },
    remove: async () => made?.remove(),
  }
}

/** The same for a check, which makes no bundle: only whether there is one matters then. */
export function unbundled(machine: Machine, ansible: PublishedAnsible, folder: string): CodeIngredients {
  return {
    ...treesOf(machine, ansible, folder),
    async bundle(parts) {
      tellReplaced(machine, parts)
      return digestOf('')
    },
  }
}

/** Whose role runs is told: a name that is the same by accident would replace the platform's role. */
function tellReplaced({ log }: Machine, { inspected }: Parameters<CodeIngredients['bundle']>[0]): void {
  for (const role of inspected.replaced) log.info(`role '${role}' of the service replaces the platform's role of this name`)
}

function treesOf({ files, archiver }: Machine, ansible: PublishedAnsible, folder: string): Pick<CodeIngredients, 'platform' | 'service'> {
  return { platform: () => platformTree(archiver, ansible), service: () => serviceTree(files, folder) }
}

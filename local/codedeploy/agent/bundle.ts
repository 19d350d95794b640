import { createWriteStream } from 'node:fs'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { RevisionLocation } from '@aws-sdk/client-codedeploy'
import { type Entry, openPromise } from 'yauzl'
import { AgentError } from './diagnostics.ts'

/** A revision as it was found. */
export interface Fetched {
  readonly etag: string
  readonly content: AsyncIterable<Uint8Array>
}

export type Fetch = (revision: RevisionLocation) => Promise<Fetched>

/** Fetches a revision and unpacks it. @param archive a folder of this machine; what is in it is gone then */
export async function download(revision: RevisionLocation, fetch: Fetch, archive: string): Promise<void> {
  const { bundleType = 'zip', eTag } = revision.s3Location ?? {}
  if (revision.revisionType !== 'S3' || bundleType !== 'zip')
    throw new AgentError(5, `this stand-in unpacks zips from S3, not ${revision.revisionType} ${bundleType}`)
  const { etag, content } = await fetch(revision)
  if (eTag && unquoted(eTag) !== etag)
    throw new AgentError(5, `Expected deployment artifact bundle etag ${unquoted(eTag)} but was actually ${etag}`)
  const file = `${archive}.zip`
  await rm(archive, { recursive: true, force: true })
  await mkdir(archive, { recursive: true })
  await pipeline(content, createWriteStream(file))
  await unzip(file, archive)
  await rm(file)
}

async function unzip(file: string, folder: string): Promise<void> {
  const zip = await openPromise(file)
  try {
    for await (const entry of zip.eachEntry()) {
      const path = join(folder, entry.fileName)
      if (entry.fileName.endsWith('/')) await mkdir(path, { recursive: true })
      else {
        await mkdir(dirname(path), { recursive: true })
        await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path))
        await chmod(path, modeOf(entry))
      }
    }
  } finally {
    zip.close()
  }
}

/** The upper half of a zip entry's external attributes is its mode on Unix. */
function modeOf({ externalFileAttributes }: Entry): number {
  return (externalFileAttributes >>> 16) & 0o777 || 0o644
}

export function unquoted(etag = ''): string {
  return etag.replaceAll('"', '')
}

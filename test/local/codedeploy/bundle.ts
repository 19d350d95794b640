import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Fetch } from '../../../local/codedeploy/agent/bundle.ts'
import { nodeArchiver } from '../../../src/adapters/node/zip.ts'

/** A file of a bundle: its text, or bytes; `plain` if it is not executable. */
export type Content = string | { readonly text: string; readonly plain: true }

/** A zip with files by their paths. */
export async function aBundle(files: Readonly<Record<string, Content>>): Promise<Buffer> {
  const members = Object.entries(files).map(([name, content]) => {
    const bytes = Buffer.from(typeof content === 'string' ? content : content.text)
    return { name, bytes: bytes.length, executable: typeof content === 'string' && name !== 'appspec.yml', open: () => one(bytes) }
  })
  return buffer(Readable.from(nodeArchiver().zip(members)))
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** A shelf of bundles by their keys, as an agent fetches them. */
export interface Shelf {
  readonly fetch: Fetch
  /** Puts a bundle there, and gives its ETag. */
  put(key: string, bytes: Uint8Array): string
}

export function aShelf(): Shelf {
  const bundles = new Map<string, Uint8Array>()
  const etagOf = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')
  return {
    async fetch({ s3Location: { key = '' } = {} }) {
      const bytes = bundles.get(key)
      if (!bytes) throw new Error('The specified key does not exist.')
      return { etag: etagOf(bytes), content: one(bytes) }
    },
    put(key, bytes) {
      bundles.set(key, bytes)
      return etagOf(bytes)
    },
  }
}

/** An AppSpec with hooks, each one script or several, and whatever else is given as YAML. */
export function anAppSpec(hooks: Readonly<Record<string, string>>, more = ''): string {
  const lines = Object.entries(hooks).map(([event, script]) => `  ${event}:\n    - { location: ${script}, timeout: 20 }`)
  return `version: 0.0\nos: linux\n${more}${lines.length > 0 ? `hooks:\n${lines.join('\n')}\n` : ''}`
}

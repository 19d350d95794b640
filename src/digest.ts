import { createHash } from 'node:crypto'

/** A digest as people and documents write it: `sha256:` and 64 hexadecimal digits. */
export type Digest = `sha256:${string}`

/** The SHA-256 of some bytes (a string counts as UTF-8). */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** A digest that is fed piece by piece. */
export function digesting(): { add(piece: Uint8Array): void; digest(): Digest } {
  const hash = createHash('sha256')
  return { add: (piece) => void hash.update(piece), digest: () => `sha256:${hash.digest('hex')}` }
}

/** The 64 digits without their prefix. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length)
}

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text)
}

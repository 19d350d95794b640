import type { ETag } from '../../bucket/objects.ts'
import { type Digest, digestOf } from '../../digest.ts'
import type { DeploymentRecord } from './record.ts'

/** A record as a segment has it: what it is, what its bytes digest to, and the ETag that its object had then. */
export interface SegmentRow {
  readonly etag: ETag
  /** 64 hexadecimal digits. */
  readonly sha256: string
  readonly record: DeploymentRecord
}

/** A row of a segment, with the digest of the record's bytes as they stand in the segment's. */
export interface DigestedRow extends SegmentRow {
  readonly digest: Digest
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })
const [quote, backslash, open, close, comma] = ['"', '\\', '{', '}', ','].map((character) => character.charCodeAt(0))

/**
 * The rows of a segment, read from its bytes without writing any record anew: in canonical JSON a record's bytes are part of the segment's.
 * Undefined if the bytes are not exactly `head`, rows, and `tail`.
 */
export function rowsIn(body: Uint8Array, head: string, tail: string): readonly DigestedRow[] | undefined {
  let at = 0
  const take = (text: string): boolean => {
    const expected = encoder.encode(text)
    for (const [index, byte] of expected.entries()) if (body[at + index] !== byte) return false
    at += expected.length
    return true
  }
  const text = (from: number, to: number): string => decoder.decode(body.subarray(from, to))
  const rows: DigestedRow[] = []
  try {
    if (!take(head)) return undefined
    do {
      if (!take('{"etag":')) return undefined
      const tagEnd = endOfString(body, at)
      const etag = JSON.parse(text(at, tagEnd)) as ETag
      at = tagEnd
      if (!take(',"record":')) return undefined
      const recordEnd = endOfMap(body, at)
      const digest = digestOf(body.subarray(at, recordEnd))
      const record = JSON.parse(text(at, recordEnd)) as DeploymentRecord
      at = recordEnd
      if (!take(',"sha256":"')) return undefined
      const sha256 = text(at, at + 64)
      at += 64
      if (!take('"}')) return undefined
      rows.push({ etag, sha256, record, digest })
    } while (body[at] === comma && take(','))
    return take(tail) && at === body.length ? rows : undefined
  } catch {
    return undefined
  }
}

/** Where a JSON string that begins at `from` ends. */
function endOfString(body: Uint8Array, from: number): number {
  if (body[from] !== quote) throw new SyntaxError('no string')
  for (let at = from + 1; at < body.length; at++) {
    if (body[at] === backslash) at += 1
    else if (body[at] === quote) return at + 1
  }
  throw new SyntaxError('a string without an end')
}

/** Where a JSON map that begins at `from` ends. */
function endOfMap(body: Uint8Array, from: number): number {
  if (body[from] !== open) throw new SyntaxError('no map')
  let depth = 0
  for (let at = from; at < body.length; at++) {
    const byte = body[at]
    if (byte === quote) at = endOfString(body, at) - 1
    else if (byte === open) depth += 1
    else if (byte === close && --depth === 0) return at + 1
  }
  throw new SyntaxError('a map without an end')
}

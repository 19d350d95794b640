import { Readable } from 'node:stream'
import type { Body } from '../../bucket/objects.ts'
import { type Digest, digestOf, hexOf } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'

/** The pieces of a reply's body; an error on the way comes out as `told` makes of it. */
export async function* piecesOf(body: unknown, told: (error: unknown) => TowpathError): AsyncGenerator<Uint8Array> {
  if (!(body instanceof Readable)) return
  try {
    for await (const piece of body) yield piece
  } catch (error) {
    throw told(error)
  }
}

/** S3 takes no more in one request. Source: S3 user guide, "Uploading objects". */
const MOST = 5 * 1024 ** 3

/** A body as it is sent, as often as it takes. */
export interface Content {
  readonly bytes: number
  readonly digest: Digest
  /** The same in base64, which S3 checks what arrives against, keeps, and gives back. */
  readonly sha256: string
  /** The bytes from the start, for one attempt: held, or read as they are sent. */
  open(): Uint8Array | Readable
}

/**
 * Makes a body ready to be sent to `on` (for messages). @param sent Hears how many bytes of the present attempt have gone; a new
 * attempt starts from 0. Throws 'unsupported' if it is too large for one request. A stream that does not have the length it claims
 * ends in an error: too few bytes would make the service wait, too many would be taken for the next request.
 */
export function contentOf(body: Body, on: string, sent: (bytes: number) => void = () => {}): Content {
  if (body instanceof Uint8Array) {
    const digest = digestOf(body)
    return { bytes: body.byteLength, digest, sha256: base64(digest), open: () => body }
  }
  const source = body
  const { bytes } = source
  if (bytes > MOST)
    throw new TowpathError('unsupported', `${on} would have ${bytes} bytes; one object can have at most ${MOST}`, {
      hint: 'leave out what is not needed at run time',
    })
  async function* counted(): AsyncGenerator<Uint8Array> {
    let gone = 0
    for await (const piece of source.open()) {
      gone += piece.byteLength
      if (gone > bytes) break
      yield piece
      sent(gone)
    }
    if (gone !== bytes)
      throw new TowpathError(
        'failed',
        `what was to be sent to ${on} has ${gone > bytes ? 'more' : 'less'} than the ${bytes} bytes it had`,
        {
          hint: 'the file was changed while it was sent; run again',
        },
      )
  }
  return { bytes, digest: body.digest, sha256: base64(body.digest), open: () => Readable.from(counted(), { objectMode: false }) }
}

function base64(digest: Digest): string {
  return Buffer.from(hexOf(digest), 'hex').toString('base64')
}

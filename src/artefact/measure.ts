import { type Digest, digesting } from '../digest.ts'
import type { Log } from '../log.ts'

/** The least number of bytes between two reports of progress. */
const STEP_BYTES = 8 * 1024 * 1024

/** Bytes that are digested and counted while they pass. `sum` is taken once, after the last piece. */
export interface Measured {
  readonly pieces: AsyncIterable<Uint8Array>
  sum(): { readonly digest: Digest; readonly bytes: number }
}

export function measure(pieces: AsyncIterable<Uint8Array>): Measured {
  const sum = digesting()
  let bytes = 0
  async function* passing(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      sum.add(piece)
      bytes += piece.length
      yield piece
    }
  }
  return { pieces: passing(), sum: () => ({ digest: sum.digest(), bytes }) }
}

/** Tells the log how far a work of `total` bytes has come: about a hundred times at most, at least 8 MiB apart, and once at the end. */
export function reporting(log: Log, what: string, total: number): (bytes: number) => void {
  const step = Math.max(STEP_BYTES, total / 100)
  let done = 0
  let told = 0
  return (bytes) => {
    done += bytes
    if (done < total && done - told < step) return
    told = done
    log.progress(what, done, total)
  }
}

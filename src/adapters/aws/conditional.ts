import { setTimeout as sleep } from 'node:timers/promises'
import { factsOf } from './facts.ts'

/** How often a write is tried that collides with another one under way. */
const ROUNDS = 6
/** The first wait after a collision, in milliseconds; it doubles. */
const FIRST_GAP = 50

/** What became of a conditional write. `repeated`: it was sent more than once, so an earlier attempt may be what refused it. */
export type WriteOutcome<T> = { readonly done: T } | { readonly refused: true; readonly repeated: boolean }

/**
 * Sends a conditional write and tells whether its condition held. 412 and `NoSuchKey` are refusals; any other 404 is none. 409 means that another write
 * was under way, and says nothing about the condition: if it `mayHold` still, the write is sent again. Rejects with the SDK's error.
 * Source: S3 user guide, "How to prevent object overwrites with conditional writes".
 */
export async function conditionally<T>(send: () => Promise<T>, mayHold: () => Promise<boolean>): Promise<WriteOutcome<T>> {
  let repeated = false
  for (let round = 1; ; round++) {
    try {
      return { done: await send() }
    } catch (error) {
      const { name, status, attempts } = factsOf(error)
      repeated ||= attempts > 1
      if (status === 412 || name === 'NoSuchKey') return { refused: true, repeated }
      if (status !== 409 || round === ROUNDS) throw error
      if (!(await mayHold())) return { refused: true, repeated }
      await sleep(FIRST_GAP * 2 ** (round - 1))
    }
  }
}

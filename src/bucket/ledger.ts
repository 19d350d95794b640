import type { Objects } from './objects.ts'

/** A record that is missing, cannot be read, or is not what the log says it was. */
export interface Damage {
  readonly number: number
  /** What is wrong, as the end of a sentence that begins with the record: `is missing`. */
  readonly how: string
}

/** What is done about damage that is met on the way through a log. */
export interface DamageRule {
  /** True if the reader may go on past it. */
  passes(number: number): boolean
  /** Tells people of something, in a line. */
  tell(text: string): void
  /** What was met and passed, by number. */
  readonly met: Map<number, Damage>
}

/** One service in one environment: whose log it is. */
export interface Ledger {
  readonly objects: Objects
  readonly environment: string
  readonly service: string
  /** Left out: nobody goes on past damage. */
  readonly damage?: DamageRule
}

import type { Log } from '../log.ts'
import type { Stacks } from './stacks.ts'
import type { Deadline } from './watch.ts'

/** CloudFormation in the account and region of a stack, and what every piece of work with it needs. */
export interface StackClient {
  readonly stacks: Stacks
  /** The same, but each call is made once: for whoever asks again within a bound of their own, or has a second source. */
  readonly once: Stacks
  readonly deadline: Deadline
  readonly log: Log
  /** A name nobody has used: that many bytes of randomness in hexadecimal. */
  random(bytes: number): string
}

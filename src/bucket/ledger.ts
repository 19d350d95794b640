import type { Objects } from './objects.ts'

/** One service in one environment: whose log it is. */
export interface Ledger {
  readonly objects: Objects
  readonly environment: string
  readonly service: string
}

import { Refusal } from '../refusal.ts'

/** Refuses a value that an enumeration does not have; nothing given is fine. */
export function oneOf(given: string | undefined, values: readonly string[], refusal: string): void {
  if (given !== undefined && !values.includes(given)) throw new Refusal(refusal, `'${given}' is not one of ${values.join(', ')}`)
}

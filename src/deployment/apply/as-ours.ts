import { TowpathError } from '../../errors.ts'

/** Whatever was thrown, as one of ours: any other error is a bug. */
export function asOurs(thrown: unknown): TowpathError {
  if (thrown instanceof TowpathError) return thrown
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return new TowpathError('bug', `the deployment failed in a way it should not: ${text}`, { cause: thrown })
}

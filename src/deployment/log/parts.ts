/** What a deployment can bring live of a release. Code that a stack brings with it (`ship: { with: stack }`) is part of the stacks. */
export type Part = 'stacks' | 'code'

/** The parts of a whole deployment: what `deploy` and `rollback` bring live. */
export const whole: readonly Part[] = ['stacks']

/**
 * True if a deployment of some parts says something of all that are wanted. One of fewer never means that there is nothing to do: of what
 * it left out nobody knows what is live.
 */
export function covers(deployed: readonly Part[], wanted: readonly Part[]): boolean {
  return wanted.every((part) => deployed.includes(part))
}

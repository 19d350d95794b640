import type { Manifest } from '../../release/manifest.ts'

/** What a deployment can bring live of a release. Code that a stack brings with it (`ship: { with: stack }`) is part of the stacks. */
export type Part = 'stacks' | 'code'

/** The parts of a release whose stacks bring its code. */
export const whole: readonly Part[] = ['stacks']

/** All parts of a release: what `deploy` and `rollback` bring live. */
export function partsOf({ code }: Pick<Manifest, 'code'>): readonly Part[] {
  return code === undefined ? whole : [...whole, 'code']
}

/**
 * True if a deployment of some parts says something of all that are wanted. One of fewer never means that there is nothing to do: of what
 * it left out nobody knows what is live.
 */
export function covers(deployed: readonly Part[], wanted: readonly Part[]): boolean {
  return wanted.every((part) => deployed.includes(part))
}

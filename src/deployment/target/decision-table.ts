import type { NextStep } from '../../stack/state.ts'
import type { Resolved } from './stack-in-release.ts'

/** What can be decided about a stack. */
export type DecisionKind = 'refused' | 'waits' | 'foreign' | 'proved' | 'recreate' | 'create' | 'update'

/** What a stack is found to be. */
export interface Facts {
  /** What CloudFormation permits in the state that it is in; 'create' if it is not there. */
  readonly step: NextStep
  /** Why what is left of a failed creation must stay; undefined if it may be deleted. */
  readonly kept: string | undefined
  /** True if it is of this service and environment, or is not there. */
  readonly ours: boolean
  /** True if somebody permitted to adopt it. */
  readonly permitted: boolean
  /** Its parameters. Found out only when a rule asks: a reference may resolve to nothing, which throws. */
  readonly resolved: () => Promise<Resolved>
  /** True if the last record proves that it is what would be applied now. */
  readonly proved: () => Promise<boolean>
}

export interface Rule {
  readonly is: DecisionKind
  readonly when: (facts: Facts) => boolean | Promise<boolean>
}

/** What is to be done with a stack: the first rule that holds decides, for plan, for apply, and for the proof that there is nothing to do. */
export const rules: readonly Rule[] = [
  { is: 'refused', when: ({ step }) => step === 'wait' || step === 'refuse' },
  { is: 'refused', when: ({ step, kept }) => step === 'recreate' && kept !== undefined },
  { is: 'waits', when: async ({ resolved }) => 'open' in (await resolved()) },
  { is: 'foreign', when: ({ ours, permitted }) => !(ours || permitted) },
  { is: 'proved', when: ({ proved }) => proved() },
  { is: 'create', when: ({ step }) => step === 'create' },
  { is: 'recreate', when: ({ step }) => step === 'recreate' },
  { is: 'update', when: ({ step }) => step === 'update' },
]

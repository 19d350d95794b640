import type { Hiding } from '../../redaction/hiding.ts'
import type { Release } from '../../release/manifest.ts'
import type { Lease } from '../lock/lease.ts'
import type { Journal } from '../log/journal.ts'
import type { DeploymentRecord } from '../log/record.ts'
import type { Reviewed } from '../plan/reviewed.ts'
import type { ForeignOutputs } from '../target/outputs.ts'
import type { ChangeSets } from '../target/proposal.ts'
import type { ReleaseStacks } from '../target/stack-in-release.ts'
import type { Target } from '../target/target.ts'
import { type StackResult, StackRun } from './stack-run.ts'

/** One deployment under way: what its stacks share, and the state of each. */
export interface Run {
  readonly target: Target
  readonly release: Release
  /** The stacks of the release in the environment. */
  readonly stacks: ReleaseStacks
  readonly journal: Journal
  readonly lease: Lease
  readonly last: DeploymentRecord | undefined
  readonly consents: ReadonlySet<string>
  /** The plan that was reviewed, if one was: nothing else may be applied. */
  readonly reviewed: Reviewed | undefined
  readonly foreign: ForeignOutputs
  readonly hiding: Hiding
  readonly changeSets: ChangeSets
  /** By stack. Use `stateOf`: a stack that nothing happened to yet is not in it. */
  readonly states: Map<string, StackRun>
}

export function beginRun(begun: Omit<Run, 'changeSets' | 'states'>): Run {
  const { journal, lease } = begun
  return {
    ...begun,
    changeSets: {
      epoch: String(journal.deployment),
      open: new Map(),
      asking: (stack, name, changeSet) =>
        journal.append({ kind: 'intent', stack, name, does: 'create-change-set', token: changeSet, changeSet }),
      confirm: () => lease.confirmStillOurs(),
      known: (stack, result) => journal.note({ kind: 'outcome', stack, does: 'create-change-set', result, reason: null }),
    },
    states: new Map(),
  }
}

/** The state of one stack in a deployment. */
export function stateOf({ states }: Pick<Run, 'states'>, stack: string): StackRun {
  const state = states.get(stack) ?? new StackRun()
  states.set(stack, state)
  return state
}

/** True if any change set may have been executed in this deployment. */
export function hasExecuted({ states }: Pick<Run, 'states'>): boolean {
  return [...states.values()].some(({ executed }) => executed)
}

/** The stacks that an operation of ours may be under way on: by stack, their ids. */
export function underWay({ states }: Pick<Run, 'states'>): readonly (readonly [stack: string, id: string])[] {
  return [...states].flatMap(([stack, { underWay }]) => (underWay === undefined ? [] : [[stack, underWay] as const]))
}

/** Says on stderr which operations of ours go on when a deployment is left. */
export function tellWhatGoesOn(run: Run): void {
  const going = underWay(run)
  const { log } = run.target
  for (const [stack, id] of going) log.warn(`stack '${stack}' goes on in CloudFormation without us: ${id}`)
  if (going.length > 0) log.warn('run the same command again to wait for it and go on')
}

/** Tells which stacks stay although the release has them no more. */
export function tellKept({ log }: Target, stacks: readonly StackResult[]): void {
  for (const { stack, name, outcome } of stacks)
    if (outcome === 'kept') log.warn(`stack '${stack}' (${name}) is not in this release any more; it is kept`)
}

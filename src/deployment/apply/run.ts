import { TowpathError } from '../../errors.ts'
import type { Hiding } from '../../redaction/hiding.ts'
import type { Release } from '../../release/manifest.ts'
import type { ChangeSet } from '../../stack/stacks.ts'
import type { Lease } from '../lock/lease.ts'
import type { Journal } from '../log/journal.ts'
import type { DeploymentRecord, FailureCause, Proof, StackOutcome } from '../log/record.ts'
import type { PlannedStack } from '../plan/document.ts'
import type { StackPlan } from '../plan/plan-stack.ts'
import type { Reviewed } from '../plan/reviewed.ts'
import type { ChangeSets } from '../target/change-set.ts'
import { type ForeignOutputs, foreignOutputs } from '../target/outputs.ts'
import type { Target } from '../target/target.ts'

/** How one stack ended in this deployment. */
export interface StackResult {
  readonly stack: string
  readonly name: string
  readonly outcome: StackOutcome
  /** When it was begun, as an ISO time; null if it never was. */
  readonly started: string | null
  readonly seconds: number
  readonly outputs: Readonly<Record<string, string>>
  readonly proof: Proof | null
  readonly cause: FailureCause | null
}

/** What the plan under the lock found for a stack: good for as long as what would be applied, and the stack, are the same. */
export type Planned = Pick<StackPlan, 'digest' | 'live'> & { readonly proposed: ChangeSet | 'empty' }

/** One apply under way: what its stacks share. */
export interface Run {
  readonly target: Target
  readonly release: Release
  readonly journal: Journal
  readonly held: Lease
  readonly last: DeploymentRecord | undefined
  readonly consents: ReadonlySet<string>
  /** The plan beside which nothing may be applied, if one was reviewed. */
  readonly reviewed: Reviewed | undefined
  readonly foreign: ForeignOutputs
  readonly hiding: Hiding
  readonly changeSets: ChangeSets
  /** What the plan under the lock found and nobody used yet, by stack. */
  readonly planned: Map<string, Planned>
  /** With a plan that was reviewed: what the plan under the lock says of each stack, and nothing else may be done. */
  readonly bound: Map<string, PlannedStack>
  /** Stacks that were left alone since they are not as bound any more. */
  readonly unbound: Set<string>
  /** Permissions that were made use of and recorded. */
  readonly consented: Set<string>
  /** Stacks of the last record that are there no more. */
  readonly gone: Set<string>
  /** The outputs of stacks that are done. */
  readonly outputs: Map<string, Readonly<Record<string, string>>>
  /** Stacks that have ended. */
  readonly results: Map<string, StackResult>
  /** Stacks whose change set may have been executed in this deployment. */
  readonly executed: Set<string>
  /** Stacks with an operation of ours under way, and their ids. */
  readonly executing: Map<string, string>
}

export function beginRun(begun: Pick<Run, 'target' | 'release' | 'journal' | 'held' | 'last' | 'consents' | 'reviewed' | 'hiding'>): Run {
  const { journal, target } = begun
  return {
    ...begun,
    foreign: foreignOutputs(target),
    changeSets: {
      epoch: String(journal.deployment),
      open: new Map(),
      asking: (stack, name, changeSet) =>
        journal.append({ kind: 'intent', stack, name, does: 'create-change-set', token: changeSet, changeSet }),
      known: (stack, result) => journal.note({ kind: 'outcome', stack, does: 'create-change-set', result, reason: null }),
    },
    planned: new Map(),
    bound: new Map(),
    unbound: new Set(),
    consented: new Set(),
    gone: new Set(),
    outputs: new Map(),
    results: new Map(),
    executed: new Set(),
    executing: new Map(),
  }
}

/** A result without anything done. */
export function untouched(stack: string, name: string, outcome: StackOutcome): StackResult {
  return { stack, name, outcome, started: null, seconds: 0, outputs: {}, proof: null, cause: null }
}

/** Whatever was thrown, as one of ours: what is none is a bug. */
export function asOurs(thrown: unknown): TowpathError {
  if (thrown instanceof TowpathError) return thrown
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return new TowpathError('bug', `the deployment failed in a way it should not: ${text}`, { cause: thrown })
}

/** What stderr says when a deployment is left while operations of it go on. */
export function tellWhatGoesOn({ target, executing }: Run): void {
  for (const [stack, id] of executing) target.log.warn(`stack '${stack}' goes on in CloudFormation without us: ${id}`)
  if (executing.size > 0) target.log.warn('run the same command again to wait for it and go on')
}

/** Tells which stacks stay although the release has them no more. */
export function tellKept({ log }: Target, stacks: readonly StackResult[]): void {
  for (const { stack, name, outcome } of stacks)
    if (outcome === 'kept') log.warn(`stack '${stack}' (${name}) is not in this release any more; it is kept`)
}

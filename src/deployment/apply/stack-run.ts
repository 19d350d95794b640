import type { Digest } from '../../digest.ts'
import type { Gate } from '../../stack/gate.ts'
import type { ChangeSet, ResourceChange, Stack } from '../../stack/stacks.ts'
import { timeOf } from '../../stack/state.ts'
import type { FailureCause, Proof, StackOutcome } from '../log/record.ts'
import type { PlannedStack } from '../plan/document.ts'
import type { StackPlan } from '../plan/stack-plan.ts'
import type { AdoptGate } from '../target/decide.ts'
import type { OpenInput } from '../target/stack-in-release.ts'

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

/** What the plan under the lock had CloudFormation make: good for as long as what would be applied, and the stack, are the same. */
type Planned = Pick<StackPlan, 'live'> & { readonly digest: Digest; readonly proposed: ChangeSet | 'empty' }

/** What was planned of a stack with the present values of its open inputs. */
interface Foreseen {
  readonly open: readonly OpenInput[]
  readonly changes: readonly ResourceChange[]
  readonly foretold: boolean
}

/** What was reviewed of a stack. Its digest is without what was left open. */
interface Bound {
  readonly stack: PlannedStack
  readonly leftOpen: ReadonlySet<string>
}

/** An operation of ours on a stack: none was begun, one may be under way, or one is over. */
type Operation = { readonly is: 'none' } | { readonly is: 'under way'; readonly id: string } | { readonly is: 'over' }

/** What becomes of one stack in a deployment. Every change of it is a method here. */
export class StackRun {
  #planned: Planned | undefined
  #foreseen: Foreseen | undefined
  #bound: Bound | undefined
  #differs = false
  #gone = false
  #operation: Operation = { is: 'none' }
  #result: StackResult | undefined
  readonly #consented = new Set<string>()

  /** The plan under the lock is made: what it proposes may be executed later. */
  plan(plan: Pick<StackPlan, 'live' | 'open' | 'changes' | 'foretold' | 'digestWithout' | 'proposed'>): void {
    const { live, proposed, open, changes, foretold } = plan
    this.#planned = proposed && { live, digest: plan.digestWithout(new Set()), proposed }
    this.#foreseen = open.length > 0 ? { open, changes, foretold } : undefined
  }

  /** What the plan says of a stack whose inputs were not all known. */
  get foreseen(): Foreseen | undefined {
    return this.#foreseen
  }

  /** Takes what the plan proposes, once, if it still holds for what is applied now and for the stack as it is now. */
  takePlanned(live: Stack | undefined, digest: string): ChangeSet | 'empty' | undefined {
    const plan = this.#planned
    this.#planned = undefined
    const same = plan?.live && live && plan.live.id === live.id && timeOf(plan.live) === timeOf(live) && plan.digest === digest
    return same ? plan.proposed : undefined
  }

  /** A plan was reviewed: nothing else than this may be done. @param leftOpen the inputs that it left open */
  bind(stack: PlannedStack, leftOpen: ReadonlySet<string>): void {
    this.#bound = { stack, leftOpen }
  }

  /** What was reviewed, if a plan was. */
  get bound(): Bound | undefined {
    return this.#bound
  }

  /** The stack is not as it was reviewed any more, and is left alone. */
  leaveAlone(): void {
    this.#differs = true
  }

  /** True if the stack was left alone since it is not as it was reviewed. */
  get differs(): boolean {
    return this.#differs
  }

  /** Gates were permitted. Returns those whose consent was not made use of before: they are to be recorded. */
  consent<G extends Gate | AdoptGate>(gates: readonly G[]): readonly G[] {
    const fresh = gates.filter(({ consent }) => !this.#consented.has(consent))
    for (const { consent } of fresh) this.#consented.add(consent)
    return fresh
  }

  /** The last record has the stack, the release does not, and it is not there any more. */
  lose(): void {
    this.#gone = true
  }

  get gone(): boolean {
    return this.#gone
  }

  /** A change set is sent to be executed: from here on it may have been. */
  begin(id: string): void {
    this.#operation = { is: 'under way', id }
  }

  /** The change set was certainly not executed. */
  takeBack(): void {
    this.#operation = { is: 'none' }
  }

  /** The operation is over, and how it ended is written down. */
  finish(): void {
    this.#operation = { is: 'over' }
  }

  /** The id of the stack while an operation of ours may be under way on it. */
  get underWay(): string | undefined {
    return this.#operation.is === 'under way' ? this.#operation.id : undefined
  }

  /** True if a change set of the stack may have been executed in this deployment. */
  get executed(): boolean {
    return this.#operation.is !== 'none'
  }

  /** The stack has ended in this deployment. */
  end(result: StackResult): void {
    this.#result = result
  }

  get result(): StackResult | undefined {
    return this.#result
  }
}

/** A result without anything done. */
export function untouched(stack: string, name: string, outcome: StackOutcome): StackResult {
  return { stack, name, outcome, started: null, seconds: 0, outputs: {}, proof: null, cause: null }
}

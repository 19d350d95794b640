import type { Digest } from '../../digest.ts'
import type { Gate } from '../../stack/gate.ts'
import type { ChangeSet, ResourceChange, Stack } from '../../stack/stacks.ts'
import type { AdoptGate } from '../target/decide.ts'
import type { OpenInput } from '../target/stack-in-release.ts'
import type { DefaultTaken } from '../target/template.ts'

export type PlanAction = 'create' | 'update' | 'none' | 'remove' | 'keep' | 'adopt'

/** A gate of a plan. `foretold` is true of one that was worked out from templates, since CloudFormation made no change set. */
export type PlanGate = (Gate | AdoptGate) & { readonly foretold?: boolean }

/** What applying a release would do to one stack. */
export interface StackPlan {
  readonly stack: string
  readonly name: string
  readonly action: PlanAction
  /** Its inputs that are known only once other stacks are done. It is planned with their present values, where there are any. */
  readonly open: readonly OpenInput[]
  readonly changes: readonly ResourceChange[]
  /** True if the changes were read off templates, since CloudFormation made no change set. */
  readonly foretold: boolean
  readonly gates: readonly PlanGate[]
  /** What a person should know of it, such as CloudFormation's reason for making no change set. */
  readonly notes: readonly string[]
  /** What the last record calls the same stack, if the release calls it otherwise; else null. */
  readonly renamedFrom: string | null
  /** Live parameter values that would change to a default. */
  readonly defaults: readonly DefaultTaken[]
  /** Names all that would be applied, without the open inputs and without those named. */
  readonly digestWithout: (parameters: ReadonlySet<string>) => Digest
  readonly live: Stack | undefined
  /** The change set that may be executed, or that there is nothing to change; undefined if CloudFormation is to be asked again. */
  readonly proposed: ChangeSet | 'empty' | undefined
}

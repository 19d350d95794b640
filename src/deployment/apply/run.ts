import type { Hiding } from '../../redaction/hiding.ts'
import type { Release } from '../../release/manifest.ts'
import type { CodeResult, RolloutFacts } from '../../rollout/request.ts'
import type { Lease } from '../lock/lease.ts'
import type { Journal } from '../log/journal.ts'
import type { Part } from '../log/parts.ts'
import type { DeploymentRecord, StackRecord } from '../log/record.ts'
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
  /** The stacks as they were proved, of a deployment that leaves them alone. */
  readonly live: readonly StackResult[] | undefined
  /** What of the release is applied. */
  readonly parts: readonly Part[]
  /** How long another deployment of the group is waited for, in milliseconds. */
  readonly wait: number
  readonly code: CodeRun
}

/** What becomes of the code in a deployment. */
export interface CodeRun {
  /** True if a deployment of ours may have begun in CodeDeploy. */
  began: boolean
  /** True until its end was seen. */
  underWay: boolean
  result: CodeResult | undefined
}

/** What is told of a deployment of code: more than its record keeps. */
export type RolloutReport = RolloutFacts & Partial<Pick<Extract<CodeResult, { outcome: 'failed' }>, 'diagnosis' | 'restored'>>

export function beginRun(begun: Omit<Run, 'changeSets' | 'states' | 'code'>): Run {
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
    code: { began: false, underWay: false, result: undefined },
  }
}

/** The state of one stack in a deployment. */
export function stateOf({ states }: Pick<Run, 'states'>, stack: string): StackRun {
  const state = states.get(stack) ?? new StackRun()
  states.set(stack, state)
  return state
}

/** True if any change set may have been executed in this deployment, or code deployed. */
export function hasExecuted({ states, code }: Pick<Run, 'states' | 'code'>): boolean {
  return code.began || [...states.values()].some(({ executed }) => executed)
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

/** What the record says of each stack. A stack that was not reached keeps its proof, which holds only as long as the stack does not change. */
export function recordsOf(run: Run, stacks: readonly StackResult[]): Record<string, StackRecord> {
  const before: DeploymentRecord['stacks'] = run.last?.stacks ?? {}
  const fresh = stacks.map(({ stack, name, outcome, seconds, proof }): [string, StackRecord] => [
    stack,
    { name, outcome, seconds, proof: proof ?? before[stack]?.proof ?? null },
  ])
  const left = Object.entries(before).filter(([stack]) => !stateOf(run, stack).gone && !stacks.some((one) => one.stack === stack))
  return Object.fromEntries([
    ...left.map(([stack, record]): [string, StackRecord] => [stack, { ...record, outcome: 'kept', seconds: 0 }]),
    ...fresh,
  ])
}

/** What the record keeps of the deployment of code; nothing where none is known. */
export function rolloutOf({ code: { result } }: Run): Pick<DeploymentRecord, 'rollout'> {
  return result ? { rollout: result.rollout } : {}
}

/** What is told of it. */
export function reportOf({ code: { result } }: Run): RolloutReport | null {
  if (result === undefined) return null
  return result.outcome === 'failed' ? { ...result.rollout, diagnosis: result.diagnosis, restored: result.restored } : result.rollout
}

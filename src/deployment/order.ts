import { raceAbort } from '../abortable.ts'
import { TowpathError } from '../errors.ts'
import type { Origin } from '../origin.ts'
import { type Commits, isCommit } from '../ports/commits.ts'
import type { End } from './log/history.ts'
import { leftItself } from './log/present.ts'
import type { DeploymentRecord, Kind } from './log/record.ts'
import { findBack } from './log/walk-back.ts'
import type { Target } from './target/target.ts'

/** Who deploys, and how to get the history of commits. It is asked for only if two commits have to be compared. */
export interface OrderedDeployment {
  readonly kind: Kind
  readonly origin: Origin
  readonly commits: () => Promise<Commits | undefined>
  /** True of a workflow's run that was run again: it may be of any age. */
  readonly isRerun?: boolean
  /** `order` lets a run pass that was run again and cannot be ordered. */
  readonly consents?: ReadonlySet<string>
}

/** Judges the order of commits at the end of the log: before the lock, and again under it if others came in between. */
export type Order = (target: Target, end: End) => Promise<void>

/**
 * Keeps deployments in the order of their commits. A deployment of a commit that came before the deployed one is refused, unless it is a
 * rollback: its run waited, or was run again. Diverged commits are a warning. If the order is not known, that is told,
 * and stops a run that was run again, unless somebody consents.
 * The deployed commit is that of the last deployment that went forward and is still there, so a rollback does not let old runs pass.
 */
export function keepOrder(deployment: OrderedDeployment): Order {
  const { kind } = deployment
  if (kind === 'rollback') return async () => {}
  let judged: number | undefined
  return async (target, end) => {
    const base = await findBack(target.ledger, end, isForward)
    if (base === undefined || base.deployment === judged) return
    judged = base.deployment
    await judge(target, base, deployment)
  }
}

function isForward(record: DeploymentRecord): boolean {
  return record.kind !== 'rollback' && leftItself(record)
}

async function judge(target: Target, base: DeploymentRecord, deployment: OrderedDeployment): Promise<void> {
  const { commits, isRerun = false, consents } = deployment
  const head = deployment.origin.commit
  const { log, ledger, deadline } = target
  const before = base.origin.commit
  const deployed = `deployment ${base.deployment}`
  if (head !== null && head === before) return
  const unknown = (why: string): void => {
    if (!isRerun || consents?.has('order')) {
      log.info(`whether this commit is newer than that of ${deployed} is not known: ${why}`)
      return
    }
    throw new TowpathError('gated', `this run was run again, and cannot be ordered: ${why}`, {
      hint: `it may be older than ${deployed}, which is in ${ledger.environment} now: run it again when GitHub answers, deploy the newest commit, or give --consent order (a rollback needs none)`,
    })
  }
  if (head === null || !isCommit(head)) return unknown('this run has no commit')
  if (before === null || !isCommit(before)) return unknown(`${deployed} has none`)
  const history = await commits()
  const relation = history ? await raceAbort(deadline.signal, () => history.compare(before, head)) : 'unknown'
  switch (relation) {
    case 'same':
    case 'ahead':
      return
    case 'behind':
      throw new TowpathError(
        'conflict',
        `commit ${short(head)} is older than ${short(before)}, which ${deployed} put live in ${ledger.environment}`,
        {
          hint: `an old run does not deploy old code: deploy a newer commit, or go back on purpose: towpath rollback --service ${ledger.service} --environment ${ledger.environment}`,
        },
      )
    case 'diverged':
      return log.warn(
        `commit ${short(head)} and ${short(before)} of ${deployed} have diverged: what only ${short(before)} has is not in what is deployed now`,
      )
    case 'unknown':
      return unknown(`nobody could compare ${short(before)} with ${short(head)}`)
    default:
      return relation satisfies never
  }
}

function short(commit: string): string {
  return commit.slice(0, 7)
}

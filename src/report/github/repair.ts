import type { End } from '../../deployment/log/history.ts'
import type { DeploymentRecord } from '../../deployment/log/record.ts'
import { newestFirst } from '../../deployment/log/walk-back.ts'
import { TowpathError } from '../../errors.ts'
import type { DeploymentState, ListedDeployment } from '../../ports/github-deployments.ts'
import { ended, superseded } from './new-deployment.ts'
import { createOnGitHub, type Reporting } from './status-updates.ts'

/** The most records that are checked, besides the success that the newest one replaced. */
const FEW = 10
/** After this many correct records in a row, counted from the newest, the older ones are taken to be correct too. */
const ENOUGH = 2
/** How many records back the replaced success is searched for. */
const FAR = 20
/** GitHub deletes statuses after 90 days: an older deployment without a status may have had one. In milliseconds. */
const FORGOTTEN = 80 * 86_400_000

/** A record that GitHub does not show as the log has it. */
interface Difference {
  readonly record: DeploymentRecord
  /** Its deployment on GitHub; undefined if there is none. */
  readonly id: number | undefined
  readonly state: DeploymentState | undefined
  readonly due: DeploymentState
}

interface Repaired {
  /** The numbers of the deployments that were repaired, oldest first. */
  readonly repaired: readonly number[]
  /** The error for the last deployment whose commits GitHub does not know; undefined if there was none. */
  readonly unknown: unknown
}

/**
 * Makes GitHub agree with the end of the log: creates the deployments that are missing, closes those that are still in progress, and
 * removes duplicates. Checks from the newest record backwards until two in a row are correct, ten at most.
 */
export async function repair(reporting: Reporting, end: End): Promise<Repaired> {
  const differences: Difference[] = []
  let successes = 0
  let right = 0
  for await (const record of newestFirst(reporting.ledger, end)) {
    const back = end.number - record.deployment
    if (record.outcome === 'succeeded') successes += 1
    // A run may have reported the newest success and stopped before it reported that the one before is superseded.
    const replaced = record.outcome === 'succeeded' && successes === 2
    if ((back < FEW && right < ENOUGH) || replaced) {
      const found = await compare(reporting, record, record.outcome === 'succeeded' && successes > 1 ? 'superseded' : record.outcome)
      if (found) differences.push(found)
      right = found ? 0 : right + 1
    }
    if (back >= FAR || (successes >= 2 && (back >= FEW - 1 || right >= ENOUGH))) break
  }
  return repairAll(reporting, differences)
}

/** How GitHub differs from a record; undefined if it does not. Removes duplicates. */
async function compare(reporting: Reporting, record: DeploymentRecord, due: DeploymentState): Promise<Difference | undefined> {
  const [first, ...others] = await reporting.known.of(record)
  for (const other of others) await reporting.gitHub.remove(other.id)
  const state = first && (await reporting.gitHub.state(first.id))
  return first && isRight(reporting, first, state, due) ? undefined : { record, id: first?.id, state, due }
}

/** A deployment that is inactive on GitHub is always right: a person may have set it so. */
function isRight({ clock }: Reporting, listed: ListedDeployment, state: DeploymentState | undefined, due: DeploymentState): boolean {
  if (state === undefined) return clock.now().getTime() - listed.time.getTime() > FORGOTTEN
  return state === due || state === 'superseded'
}

async function repairOne(reporting: Reporting, { record, id, state, due }: Difference): Promise<void> {
  const at = id ?? (await createOnGitHub(reporting, record, record.finished))
  if (state !== record.outcome) await reporting.gitHub.update(at, ended(record, null))
  if (due === 'superseded') await reporting.gitHub.update(at, superseded(record))
}

/** Goes from the oldest on: GitHub shows deployments in the order in which they were created. */
async function repairAll(reporting: Reporting, differences: readonly Difference[]): Promise<Repaired> {
  const repaired: number[] = []
  let unknown: unknown
  for (const difference of differences.toReversed()) {
    try {
      await repairOne(reporting, difference)
      repaired.push(difference.record.deployment)
    } catch (error) {
      // The others are still shown if GitHub knows no commit of this one.
      if (!(error instanceof TowpathError) || error.code !== 'not-found') throw error
      unknown = error
    }
  }
  return { repaired, unknown }
}

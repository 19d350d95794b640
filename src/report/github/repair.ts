import type { End } from '../../deployment/log/history.ts'
import type { DeploymentRecord } from '../../deployment/log/record.ts'
import { newestFirst } from '../../deployment/log/walk-back.ts'
import { TowpathError } from '../../errors.ts'
import type { DeploymentState, ListedDeployment } from '../../ports/github-deployments.ts'
import { ended, superseded } from './new-deployment.ts'
import { createOnGitHub, type Reporting } from './status-updates.ts'

/** The most records that are looked at, beside the success that the last one took the place of. */
const FEW = 10
/** So many in a row that stand as they should, from the newest on: those before them do too. */
const ENOUGH = 2
/** How far back that success is looked for. */
const FAR = 20
/** GitHub forgets what it was told after 90 days: of what is older, nothing told means nothing. */
const FORGOTTEN = 80 * 86_400_000

interface Wrong {
  readonly record: DeploymentRecord
  readonly id: number | undefined
  readonly standing: DeploymentState | undefined
  readonly due: DeploymentState
}

interface Mended {
  readonly mended: readonly number[]
  readonly unknown: unknown
}

/**
 * Makes the board agree with the end of the log: what is missing there is announced, what was left open is closed, what was announced twice
 * is taken back once. Looks back from the newest record until two in a row are right, at ten at most. Gives the numbers
 * of what it mended, and why one could not be announced, if so.
 */
export async function repair(telling: Reporting, end: End): Promise<Mended> {
  const wrong: Wrong[] = []
  let successes = 0
  let right = 0
  for await (const record of newestFirst(telling.ledger, end)) {
    const back = end.number - record.deployment
    if (record.outcome === 'succeeded') successes += 1
    // The newest success may have been told, and not that the one before it is live no more.
    const replaced = record.outcome === 'succeeded' && successes === 2
    if ((back < FEW && right < ENOUGH) || replaced) {
      const found = await look(telling, record, record.outcome === 'succeeded' && successes > 1 ? 'superseded' : record.outcome)
      if (found) wrong.push(found)
      right = found ? 0 : right + 1
    }
    if (back >= FAR || (successes >= 2 && (back >= FEW - 1 || right >= ENOUGH))) break
  }
  return putAll(telling, wrong)
}

/** What is wrong with what the board shows of a record; undefined if nothing is. */
async function look(telling: Reporting, record: DeploymentRecord, due: DeploymentState): Promise<Wrong | undefined> {
  const [first, ...others] = await telling.posts.of(record)
  for (const other of others) await telling.board.remove(other.id)
  const standing = first && (await telling.board.state(first.id))
  return first && isRight(telling, first, standing, due) ? undefined : { record, id: first?.id, standing, due }
}

/** Whoever took a deployment for live no more by hand is right, too. */
function isRight({ clock }: Reporting, posted: ListedDeployment, standing: DeploymentState | undefined, due: DeploymentState): boolean {
  if (standing === undefined) return clock.now().getTime() - posted.time.getTime() > FORGOTTEN
  return standing === due || standing === 'superseded'
}

async function put(telling: Reporting, { record, id, standing, due }: Wrong): Promise<void> {
  const at = id ?? (await createOnGitHub(telling, record, record.finished))
  if (standing !== record.outcome) await telling.board.update(at, ended(record, null))
  if (due === 'superseded') await telling.board.update(at, superseded(record))
}

/** Oldest first: GitHub shows them in the order in which they were announced. */
async function putAll(telling: Reporting, wrong: readonly Wrong[]): Promise<Mended> {
  const mended: number[] = []
  let unknown: unknown
  for (const one of wrong.toReversed()) {
    try {
      await put(telling, one)
      mended.push(one.record.deployment)
    } catch (error) {
      // One that has no commit GitHub knows must not keep the others from being shown.
      if (!(error instanceof TowpathError) || error.code !== 'not-found') throw error
      unknown = error
    }
  }
  return { mended, unknown }
}

import type { Ledger } from '../../bucket/ledger.ts'
import type { End } from '../../deployment/log/history.ts'
import type { OpenRecord } from '../../deployment/log/listener.ts'
import type { DeploymentRecord } from '../../deployment/log/record.ts'
import { newestFirst } from '../../deployment/log/walk-back.ts'
import { TowpathError } from '../../errors.ts'
import type { Origin } from '../../origin.ts'
import type { Clock } from '../../ports/clock.ts'
import type { GitHubDeployments } from '../../ports/github-deployments.ts'
import { commitsOf } from './commit.ts'
import type { KnownDeployments } from './known-deployments.ts'
import { begun, ended, newDeployment, superseded } from './new-deployment.ts'

/** What it takes to tell a board of one service's deployments in one environment. */
export interface Reporting {
  readonly board: GitHubDeployments
  readonly posts: KnownDeployments
  readonly ledger: Ledger
  /** Who tells: the run that is under way, not the one that deployed. */
  readonly own: Origin
  readonly clock: Clock
}

/** Puts a deployment on the board. @param late when it was closed, if it is announced only after that */
export async function createOnGitHub({ board, posts, ledger, own }: Reporting, record: OpenRecord, late?: string): Promise<number> {
  let unknown: unknown = new TowpathError('not-found', `no commit is known of deployment ${record.deployment}`)
  for (const commit of await commitsOf(ledger, record, own)) {
    try {
      const id = await board.create(newDeployment(ledger, record, commit, late))
      posts.know(record, id)
      return id
    } catch (error) {
      // Rewritten history, or a commit that was deployed from a machine and never pushed.
      if (!(error instanceof TowpathError) || error.code !== 'not-found') throw error
      unknown = error
    }
  }
  throw unknown
}

/** Tells that a deployment of ours is under way. @param again it may have been announced already, and the answer lost */
export async function reportBegun(telling: Reporting, record: OpenRecord, again: boolean): Promise<void> {
  const { board, posts } = telling
  const id = (again ? await posts.idOf(record) : undefined) ?? (await createOnGitHub(telling, record))
  await board.update(id, begun(record))
}

/** Tells how a deployment ended, whether or not it was announced in time. */
export async function reportEnded(telling: Reporting, record: DeploymentRecord, url: string | null): Promise<void> {
  const { board, posts } = telling
  const id = (await posts.idOf(record)) ?? (await createOnGitHub(telling, record))
  await board.update(id, ended(record, url))
}

/**
 * Takes the deployment whose place one of ours took for live no more. GitHub would do it by itself (auto_inactive), but to every service's
 * in the environment, and not in production.
 */
export async function reportSuperseded({ board, posts, ledger }: Reporting, before: End): Promise<void> {
  for await (const record of newestFirst(ledger, before)) {
    if (record.outcome !== 'succeeded') continue
    const id = await posts.idOf(record)
    if (id !== undefined) await board.update(id, superseded(record))
    return
  }
}

const ATTEMPTS = 3
/** Milliseconds before the second attempt; twice as many before the third. */
const GAP = 1_000

/** Does a thing that can be done again, and does it again where GitHub gave no answer: what it may have done by then is looked up. */
export async function retry(
  { clock, posts }: Pick<Reporting, 'clock' | 'posts'>,
  stop: AbortSignal,
  work: (again: boolean) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt > 1)
    } catch (error) {
      if (!(error instanceof TowpathError) || !error.transient || attempt === ATTEMPTS) throw error
      posts.forget()
      await clock.sleep(GAP * attempt, stop)
    }
  }
}

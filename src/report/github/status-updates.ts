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

/** Everything needed to report the deployments of one service in one environment to GitHub. */
export interface Reporting {
  readonly gitHub: GitHubDeployments
  readonly known: KnownDeployments
  readonly ledger: Ledger
  /** Where this run comes from: it may report the deployment of an earlier run. */
  readonly own: Origin
  readonly clock: Clock
}

/**
 * Creates the deployment of a record on GitHub and gives its id. Throws 'not-found' if GitHub knows none of its commits.
 * @param late when the record was closed, if that was before this
 */
export async function createOnGitHub({ gitHub, known, ledger, own }: Reporting, record: OpenRecord, late?: string): Promise<number> {
  let unknown: unknown = new TowpathError('not-found', `no commit is known of deployment ${record.deployment}`)
  for (const commit of await commitsOf(ledger, record, own)) {
    try {
      const id = await gitHub.create(newDeployment(ledger, record, commit, late))
      known.know(record, id)
      return id
    } catch (error) {
      // GitHub does not know this commit: history was rewritten, or somebody deployed it from a laptop and never pushed it.
      if (!(error instanceof TowpathError) || error.code !== 'not-found') throw error
      unknown = error
    }
  }
  throw unknown
}

/** Reports that our own deployment is in progress. @param again true if an earlier attempt may have created it and lost the reply */
export async function reportBegun(reporting: Reporting, record: OpenRecord, again: boolean): Promise<void> {
  const { gitHub, known } = reporting
  const id = (again ? await known.idOf(record) : undefined) ?? (await createOnGitHub(reporting, record))
  await gitHub.update(id, begun(record))
}

/** Reports how a deployment ended; creates it first if it is not on GitHub yet. */
export async function reportEnded(reporting: Reporting, record: DeploymentRecord, url: string | null): Promise<void> {
  const { gitHub, known } = reporting
  const id = (await known.idOf(record)) ?? (await createOnGitHub(reporting, record))
  await gitHub.update(id, ended(record, url))
}

/**
 * Reports that our deployment replaced the last one that succeeded before it. GitHub can do so itself (`auto_inactive`), but then for every
 * service in the environment, and never in production.
 */
export async function reportSuperseded({ gitHub, known, ledger }: Reporting, before: End): Promise<void> {
  for await (const record of newestFirst(ledger, before)) {
    if (record.outcome !== 'succeeded') continue
    const id = await known.idOf(record)
    if (id !== undefined) await gitHub.update(id, superseded(record))
    return
  }
}

const ATTEMPTS = 3
/** Milliseconds before the second attempt; twice as many before the third. */
const GAP = 1_000

/**
 * Runs `work` again if GitHub gave no answer: three attempts in all. `work` must be safe to repeat; it looks up what an earlier attempt may
 * have done. Any other failure, and the last one, is thrown.
 */
export async function retry(
  { clock, known }: Pick<Reporting, 'clock' | 'known'>,
  stop: AbortSignal,
  work: (again: boolean) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt > 1)
    } catch (error) {
      if (!(error instanceof TowpathError) || !error.transient || attempt === ATTEMPTS) throw error
      known.forget()
      await clock.sleep(GAP * attempt, stop)
    }
  }
}

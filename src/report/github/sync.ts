import type { Ledger } from '../../bucket/ledger.ts'
import type { End } from '../../deployment/log/history.ts'
import type { DeploymentListener } from '../../deployment/log/listener.ts'
import { TowpathError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Origin } from '../../origin.ts'
import type { Clock } from '../../ports/clock.ts'
import type { GitHubDeployments } from '../../ports/github-deployments.ts'
import { environmentUrl } from './environment-url.ts'
import { knownDeployments } from './known-deployments.ts'
import { repair } from './repair.ts'
import { type Reporting, reportBegun, reportEnded, reportSuperseded, retry } from './status-updates.ts'
import { withTimeout } from './timeout.ts'

/** How long the end of a run may wait for the board, in milliseconds: the only time that it can cost a deployment. */
const LAST = 5_000
/** The same once the run was interrupted: the process has two seconds, and its record and its lock come first. */
const LAST_INTERRUPTED = 500

export interface SyncOptions {
  /** Loads the board when it is first needed; undefined if there is none. */
  board(): Promise<GitHubDeployments | undefined>
  readonly ledger: Ledger
  /** Who runs, on which commit. */
  readonly own: Origin
  readonly clock: Clock
  readonly log: Log
}

/** Shows on a board what goes into a log, beside the work. */
export interface GitHubSync {
  readonly watcher: DeploymentListener
  /** Waits a little for what is still to be told, and says what could not be. Never throws. */
  end(interrupted: AbortSignal): Promise<void>
}

/**
 * Tells a board of a deployment as it goes, and first makes the board agree with the log, in case earlier runs could not. Two things go on
 * side by side: our own deployment, in its order, and the mending of earlier ones.
 */
export function syncGitHub({ board, ledger, own, clock, log }: SyncOptions): GitHubSync {
  const stop = new AbortController()
  const untold: unknown[] = []
  const unmended: unknown[] = []
  /** What is made good when the deployment is closed. */
  const missed: unknown[] = []
  let telling: Promise<Reporting | undefined> | undefined
  let mending: Promise<void> = Promise.resolve()
  let ours: Promise<void> = Promise.resolve()
  let before: End | undefined
  /** True once there is a deployment to tell of. */
  let owing = false

  const load = async (): Promise<Reporting | undefined> => {
    const found = await board()
    if (found === undefined) return undefined
    const within = withTimeout(found, clock, stop.signal)
    return { board: within, posts: knownDeployments(within, ledger), ledger, own, clock }
  }
  const attempt = async (failures: unknown[], work: (telling: Reporting, again: boolean) => Promise<void>): Promise<void> => {
    try {
      telling ??= load()
      const loaded = await telling
      if (loaded) await retry(loaded, stop.signal, (again) => work(loaded, again))
    } catch (error) {
      failures.push(error)
    }
  }
  const next = (work: (telling: Reporting, again: boolean) => Promise<void>, failures = untold): void => {
    owing = true
    ours = ours.then(() => attempt(failures, work))
  }

  const watcher: DeploymentListener = {
    found(end) {
      if (end.number === 0) return
      mending = attempt(unmended, async (loaded) => {
        const { mended, unknown } = await repair(loaded, end)
        if (mended.length > 0) log.info(`what GitHub showed of ${numbers(mended)} was behind the log, and is not any more`)
        if (unknown !== undefined) throw unknown
      })
    },
    opened(record, end) {
      before = end
      next((loaded, again) => reportBegun(loaded, record, again), missed)
    },
    closed(record, stacks) {
      next((loaded) => reportEnded(loaded, record, environmentUrl(stacks ?? [])))
      const end = stacks && before
      if (end && record.outcome === 'succeeded') next((loaded) => mending.then(() => reportSuperseded(loaded, end)))
    },
  }
  return {
    watcher,
    async end(interrupted) {
      const all = Promise.all([ours, mending]).then(() => true)
      const done = await inTime(all, clock, interrupted)
      stop.abort(new TowpathError('failed', 'GitHub did not answer in time', { blame: 'service', transient: true }))
      // Cut short, the last that is known to have gone wrong says more than that it took too long.
      const cut = done ? [] : [missed.at(-1) ?? unmended.at(-1) ?? stop.signal.reason]
      tellFailures(log, owing ? [...cut, ...untold] : [], owing ? unmended : [...unmended, ...cut])
    },
  }
}

/** True if the work is done within the time that a run has at its end. */
async function inTime(work: Promise<boolean>, clock: Clock, interrupted: AbortSignal): Promise<boolean> {
  const done = new AbortController()
  const late = async (milliseconds: number, signal: AbortSignal): Promise<boolean> => {
    await clock.sleep(milliseconds, signal).catch(() => {})
    return false
  }
  try {
    const long = late(LAST, AbortSignal.any([done.signal, interrupted]))
    const rest = long.then(() => (interrupted.aborted ? late(LAST_INTERRUPTED, done.signal) : false))
    return await Promise.race([work, rest])
  } finally {
    done.abort()
  }
}

/** One line, whatever and however much went wrong. */
function tellFailures(log: Log, untold: readonly unknown[], unmended: readonly unknown[]): void {
  const error = [...untold, ...unmended].find(isDenied) ?? untold.at(-1) ?? unmended.at(-1)
  if (error === undefined) return
  const { message, hint } = error instanceof TowpathError ? error : { message: String(error), hint: undefined }
  const rest = `${message}${hint === undefined ? '' : `; ${hint}`}`
  if (isDenied(error) || untold.length > 0)
    log.warn(`GitHub was not told all of this deployment: ${rest}; the log has it, and the next run tells GitHub`)
  else log.info(`what GitHub shows of earlier deployments could not be checked: ${rest}; the next run looks again`)
}

function isDenied(error: unknown): boolean {
  return error instanceof TowpathError && error.code === 'denied'
}

function numbers(all: readonly number[]): string {
  return all.length === 1 ? `deployment ${all[0]}` : `deployments ${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

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

/** How long the end of a run may wait for GitHub, in milliseconds. A deployment waits for GitHub at no other time. */
const LAST = 5_000
/** The same after an interrupt, in milliseconds: the process has two seconds left, and its record and its lock come first. */
const LAST_INTERRUPTED = 500

export interface SyncOptions {
  /** Opens GitHub's deployments when they are first needed; undefined if this run cannot write them. */
  gitHubDeployments(): Promise<GitHubDeployments | undefined>
  readonly ledger: Ledger
  /** Where this run comes from. */
  readonly own: Origin
  readonly clock: Clock
  readonly log: Log
}

/** Shows on GitHub what a deployment writes to the log, beside the work. */
export interface GitHubSync {
  readonly listener: DeploymentListener
  /** Waits a little for the requests that are left, and logs what could not be reported. Never throws. */
  end(interrupted: AbortSignal): Promise<void>
}

/**
 * Reports a deployment to GitHub while it runs, and first makes GitHub agree with the log, in case earlier runs could not. The two go on
 * side by side: the updates of our own deployment, in order, and the repair of earlier ones.
 */
export function syncGitHub({ gitHubDeployments, ledger, own, clock, log }: SyncOptions): GitHubSync {
  const stop = new AbortController()
  const unreported: unknown[] = []
  const unrepaired: unknown[] = []
  /** Failures to report that the deployment is in progress: the update at its end makes up for them. */
  const missed: unknown[] = []
  let opening: Promise<Reporting | undefined> | undefined
  let repairing: Promise<void> = Promise.resolve()
  let ours: Promise<void> = Promise.resolve()
  let before: End | undefined
  /** True once there is a deployment of our own to report. */
  let reports = false

  const open = async (): Promise<Reporting | undefined> => {
    const found = await gitHubDeployments()
    if (found === undefined) return undefined
    const gitHub = withTimeout(found, clock, stop.signal)
    return { gitHub, known: knownDeployments(gitHub, ledger), ledger, own, clock }
  }
  const attempt = async (failures: unknown[], work: (reporting: Reporting, again: boolean) => Promise<void>): Promise<void> => {
    try {
      opening ??= open()
      const reporting = await opening
      if (reporting) await retry(reporting, stop.signal, (again) => work(reporting, again))
    } catch (error) {
      failures.push(error)
    }
  }
  const next = (work: (reporting: Reporting, again: boolean) => Promise<void>, failures = unreported): void => {
    reports = true
    ours = ours.then(() => attempt(failures, work))
  }

  const listener: DeploymentListener = {
    found(end) {
      if (end.number === 0) return
      repairing = attempt(unrepaired, async (reporting) => {
        const { repaired, unknown } = await repair(reporting, end)
        if (repaired.length > 0) log.info(`what GitHub showed of ${numbers(repaired)} was behind the log, and is not any more`)
        if (unknown !== undefined) throw unknown
      })
    },
    opened(record, end) {
      before = end
      next((reporting, again) => reportBegun(reporting, record, again), missed)
    },
    closed(record, stacks) {
      next((reporting) => reportEnded(reporting, record, environmentUrl(stacks ?? [])))
      const end = stacks && before
      if (end && record.outcome === 'succeeded') next((reporting) => repairing.then(() => reportSuperseded(reporting, end)))
    },
  }
  return {
    listener,
    async end(interrupted) {
      const all = Promise.all([ours, repairing]).then(() => true)
      const done = await inTime(all, clock, interrupted)
      stop.abort(new TowpathError('failed', 'GitHub did not answer in time', { blame: 'service', transient: true }))
      // If time ran out, the last known failure says more than that it took too long.
      const cut = done ? [] : [missed.at(-1) ?? unrepaired.at(-1) ?? stop.signal.reason]
      logFailures(log, reports ? [...cut, ...unreported] : [], reports ? unrepaired : [...unrepaired, ...cut])
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

/** Logs one line, however many requests failed. */
function logFailures(log: Log, unreported: readonly unknown[], unrepaired: readonly unknown[]): void {
  const error = [...unreported, ...unrepaired].find(isDenied) ?? unreported.at(-1) ?? unrepaired.at(-1)
  if (error === undefined) return
  const { message, hint } = error instanceof TowpathError ? error : { message: String(error), hint: undefined }
  const rest = `${message}${hint === undefined ? '' : `; ${hint}`}`
  if (isDenied(error) || unreported.length > 0)
    log.warn(`GitHub was not told all of this deployment: ${rest}; the log has it, and the next run tells GitHub`)
  else log.info(`what GitHub shows of earlier deployments could not be checked: ${rest}; the next run looks again`)
}

function isDenied(error: unknown): boolean {
  return error instanceof TowpathError && error.code === 'denied'
}

function numbers(all: readonly number[]): string {
  return all.length === 1 ? `deployment ${all[0]}` : `deployments ${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

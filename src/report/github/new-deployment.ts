import { recordKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { OpenRecord } from '../../deployment/log/listener.ts'
import type { DeploymentRecord } from '../../deployment/log/record.ts'
import {
  type DeploymentState,
  type DeploymentSubject,
  LONGEST_DESCRIPTION,
  type NewDeployment,
  type StatusUpdate,
} from '../../ports/github-deployments.ts'
import { plain } from '../../render/plain.ts'

/** The name of a record in a deployment's payload: the record of a deployment on GitHub is found by it. */
export function nameOfRecord({ objects, environment, service }: Ledger, deployment: number): string {
  return `s3://${objects.bucket}/${recordKey(environment, service, deployment)}`
}

/** The subject under which a record is listed. A deployment that something else made is listed as a deploy. */
export function subjectOf({ kind, service, environment }: Pick<OpenRecord, 'kind' | 'service' | 'environment'>): DeploymentSubject {
  return { kind: kind === 'rollback' ? 'rollback' : 'deploy', service, environment }
}

/** The deployment on GitHub for a record. @param late when the record was closed, if that was before this deployment is created */
export function newDeployment(ledger: Ledger, record: OpenRecord, commit: string, late?: string): NewDeployment {
  const { deployment, environment } = record
  const told = late === undefined ? '' : `, told late: it ended ${minute(late)}`
  return {
    ...subjectOf(record),
    deployment,
    release: whatOf(record),
    record: nameOfRecord(ledger, deployment),
    commit,
    description: cut(`${whatIsDone(record)} (deployment ${deployment}${told})`),
    production: isProduction(environment),
  }
}

/**
 * True if an environment is production: its name begins with `production` or `prod` (`prodeu`, but not `product`). GitHub itself takes
 * only the exact name `production` for it.
 */
export function isProduction(environment: string): boolean {
  return /^(production|prod(?!uct))/.test(environment)
}

/** The update that says that a deployment is in progress. */
export function begun(record: OpenRecord): StatusUpdate {
  const { deployment, origin } = record
  return updateOf('in-progress', `in progress: ${whatIsDone(record)} (deployment ${deployment})`, origin.run, null)
}

/** The update that says how a deployment ended, the outcome first. @param url where the service answers, if it is live */
export function ended(record: DeploymentRecord, url: string | null): StatusUpdate {
  const { kind, service, environment, outcome, deployment, cause, origin } = record
  const rollback = kind === 'rollback' ? 'rollback, ' : ''
  const why = cause === null ? '' : `: ${[cause.stack, cause.resource].flatMap((part) => part ?? []).join(' ')} ${cause.reason}`
  const texts: Readonly<Record<DeploymentRecord['outcome'], string>> = {
    succeeded: `succeeded: ${shown(record)} of ${service} is live in ${environment} (${rollback}deployment ${deployment})`,
    failed: `failed (${rollback}deployment ${deployment})${why}`,
    unknown: `outcome unknown (${rollback}deployment ${deployment})${why}`,
  }
  return updateOf(outcome, texts[outcome], origin.run, outcome === 'succeeded' ? url : null)
}

/** The update that says that a later deployment of the same service replaced one that succeeded. */
export function superseded(record: DeploymentRecord): StatusUpdate {
  const { service, environment, deployment, origin } = record
  return updateOf(
    'superseded',
    `inactive: ${shown(record)} of ${service} is no longer what is live in ${environment} (deployment ${deployment})`,
    origin.run,
    null,
  )
}

function whatIsDone(record: OpenRecord): string {
  const { kind, service, environment } = record
  return kind === 'rollback'
    ? `roll back ${service} to ${shown(record)} in ${environment}`
    : `deploy ${shown(record)} of ${service} to ${environment}`
}

function updateOf(state: DeploymentState, text: string, run: string | null, url: string | null): StatusUpdate {
  return { state, description: cut(text), log: run !== null && /^https?:\/\//.test(run) ? run : null, url }
}

/** What was deployed: a release, or the version that another tool gave. */
interface What {
  readonly release: string | null
  readonly version?: string
}

function whatOf({ release, version }: What): string {
  return release ?? version ?? 'something'
}

/** A release by its first digits, as `towpath log` shows it; a version as it is. */
function shown(what: What): string {
  return whatOf(what).replace(/^sha256:([0-9a-f]{12})[0-9a-f]*$/, 'release $1')
}

function minute(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`
}

/** One line of foreign text, no longer than GitHub takes. */
function cut(text: string): string {
  const line = plain(text).replace(/\s+/g, ' ').trim().toWellFormed()
  return line.length <= LONGEST_DESCRIPTION ? line : `${line.slice(0, LONGEST_DESCRIPTION - 2).trimEnd()} …`.toWellFormed()
}

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

/** What a record says of itself by the name of which the board's announcements are known. */
export function nameOfRecord({ objects, environment, service }: Ledger, deployment: number): string {
  return `s3://${objects.bucket}/${recordKey(environment, service, deployment)}`
}

/** Whose a record is. One that something else made is shown as a deploy. */
export function subjectOf({ kind, service, environment }: Pick<OpenRecord, 'kind' | 'service' | 'environment'>): DeploymentSubject {
  return { kind: kind === 'rollback' ? 'rollback' : 'deploy', service, environment }
}

/** The announcement of a record. @param late When it was closed, if it is announced only after that. */
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
 * Whether an environment is production: its name is or begins with `production` or `prod` (`prodeu`, but not `product`). GitHub itself
 * would say so of the exact name `production` only.
 */
export function isProduction(environment: string): boolean {
  return /^(production|prod(?!uct))/.test(environment)
}

/** That a deployment is under way. */
export function begun(record: OpenRecord): StatusUpdate {
  const { deployment, origin } = record
  return news('in-progress', `in progress: ${whatIsDone(record)} (deployment ${deployment})`, origin.run, null)
}

/** How a deployment ended: the verdict first. @param url where the service answers, if it is live */
export function ended(record: DeploymentRecord, url: string | null): StatusUpdate {
  const { kind, service, environment, outcome, deployment, cause, origin } = record
  const rollback = kind === 'rollback' ? 'rollback, ' : ''
  const why = cause === null ? '' : `: ${[cause.stack, cause.resource].flatMap((part) => part ?? []).join(' ')} ${cause.reason}`
  const texts: Readonly<Record<DeploymentRecord['outcome'], string>> = {
    succeeded: `succeeded: ${shown(record)} of ${service} is live in ${environment} (${rollback}deployment ${deployment})`,
    failed: `failed (${rollback}deployment ${deployment})${why}`,
    unknown: `outcome unknown (${rollback}deployment ${deployment})${why}`,
  }
  return news(outcome, texts[outcome], origin.run, outcome === 'succeeded' ? url : null)
}

/** That a later deployment of the same service took the place of one that succeeded. */
export function superseded(record: DeploymentRecord): StatusUpdate {
  const { service, environment, deployment, origin } = record
  return news(
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

function news(standing: DeploymentState, text: string, run: string | null, url: string | null): StatusUpdate {
  return { state: standing, description: cut(text), log: run !== null && /^https?:\/\//.test(run) ? run : null, url }
}

/** What was deployed: a release, or what something else calls its version. */
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

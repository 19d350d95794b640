import type { DeploymentRecord } from '../deployment/log/record.ts'
import type { Thoroughness } from '../deployment/log/verify.ts'
import type { UnderWay } from '../deployment/under-way.ts'
import { printDuration } from '../ports/clock.ts'
import { plain } from './plain.ts'
import { count, table } from './table.ts'

/** A deployment as `log` gives it. */
export interface LogRow extends Pick<DeploymentRecord, 'kind' | 'parts' | 'release' | 'outcome' | 'started' | 'finished' | 'closedBy'> {
  readonly number: number
  readonly version: string | null
  readonly platform: string | null
  /** The commit of the code, as far as the release says. */
  readonly releaseCommit: string | null
  /** True if a gate stopped it before anything was changed. */
  readonly gated: boolean
  readonly actor: string | null
  /** The commit of the run. */
  readonly commit: string | null
  readonly run: string | null
}

/** How the chain was checked: of how many records, and how many were read one by one. */
export interface Checked {
  readonly how: Thoroughness
  readonly records: number
  readonly read: number
}

interface Shown {
  readonly deployments: readonly LogRow[]
  readonly verified: boolean | null
  readonly checked: Checked | null
  readonly 'under-way': UnderWay | null
}

/** The log as people read it on a terminal: newest last, as a log is; then what goes on, and what checking it came to. */
export function logText(outputs: Shown): string {
  const { deployments: rows } = outputs
  const listed = rows.length === 0 ? ['no deployment yet'] : [...earlier(rows), table([columns, ...rows.map(cells)])]
  return [...listed, ...underWayText(outputs['under-way']), ...verdict(outputs)].join('\n')
}

const columns = ['#', 'kind', 'outcome', 'release', 'platform', 'code', 'started (UTC)', 'took', 'by']

function cells(row: LogRow): readonly string[] {
  return [
    `${row.number}`,
    row.kind,
    row.gated ? 'gated' : row.outcome,
    row.release === null ? text(row.version).slice(0, 24) : short(row.release, 12),
    text(row.platform),
    short(row.releaseCommit, 7),
    text(row.started).slice(0, 19).replace('T', ' '),
    took(row),
    text(row.actor),
  ]
}

/** How long it took. One that another run closed ended nobody knows when. */
function took({ started, finished, closedBy }: LogRow): string {
  const milliseconds = Date.parse(finished) - Date.parse(started)
  return closedBy !== null || Number.isNaN(milliseconds) ? '-' : printDuration(milliseconds)
}

function earlier(rows: readonly LogRow[]): readonly string[] {
  const before = (rows[0]?.number ?? 1) - 1
  return before > 0 ? [`${count(before, 'earlier deployment')} not shown: give --limit or --all`] : []
}

function underWayText(given: UnderWay | null): readonly string[] {
  if (given === null) return []
  const { deployment, holder, run, since, alive } = given
  const began = since === null ? 'has not begun' : `began ${moment(since)}`
  if (alive === null) return [`deployment ${deployment} ${began} and was left unfinished: the next deployment closes its record`]
  const who = holder === null ? 'what is under the name of the lock is not a lock' : `${text(holder)} holds the lock`
  const where = run === null ? '' : ` (${text(run)})`
  return [`deployment ${deployment} ${began}: ${who}${where}, last sign of life ${moment(alive)}`]
}

function moment(value: string): string {
  return `${text(value).slice(0, 19).replace('T', ' ')} UTC`
}

function verdict({ verified, checked }: Shown): readonly string[] {
  if (verified === false) return ['the chain is broken']
  if (!verified || checked === null) return []
  const { how, records, read } = checked
  const alone = how === 'by ETag' ? `, ${count(read, 'record')} read` : ', every record and live entry read'
  return [`the chain holds: ${count(records, 'record')} verified ${how}${alone}`]
}

function text(value: string | null): string {
  return value === null ? '-' : plain(value)
}

function short(value: string | null, digits: number): string {
  return text(value)
    .replace(/^sha256:/, '')
    .slice(0, digits)
}

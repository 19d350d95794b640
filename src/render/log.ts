import { printDuration } from '../ports/clock.ts'
import { plain } from './plain.ts'
import { count, table } from './table.ts'

interface Shown {
  readonly deployments?: unknown
  readonly verified?: unknown
  readonly checked?: unknown
  readonly 'under-way'?: unknown
}

type Row = Readonly<Record<string, unknown>>

/** The log as people read it on a terminal: newest last, as a log is; then what goes on, and what checking it came to. */
export function logText(outputs: Shown): string {
  const rows = (outputs.deployments ?? []) as readonly Row[]
  const listed = rows.length === 0 ? ['no deployment yet'] : [...earlier(rows), table([columns, ...rows.map(cells)])]
  return [...listed, ...underWayText(outputs['under-way']), ...verdict(outputs)].join('\n')
}

const columns = ['#', 'kind', 'outcome', 'release', 'platform', 'code', 'started (UTC)', 'took', 'by']

function cells(row: Row): readonly string[] {
  return [
    `${row.number}`,
    text(row.kind),
    row.gated === true ? 'gated' : text(row.outcome),
    row.release === null ? text(row.version).slice(0, 24) : short(row.release, 12),
    text(row.platform),
    short(row.releaseCommit, 7),
    text(row.started).slice(0, 19).replace('T', ' '),
    took(row),
    text(row.actor),
  ]
}

/** How long it took. One that another run closed ended nobody knows when. */
function took({ started, finished, closedBy }: Row): string {
  const milliseconds = Date.parse(String(finished)) - Date.parse(String(started))
  return closedBy !== null || Number.isNaN(milliseconds) ? '-' : printDuration(milliseconds)
}

function earlier(rows: readonly Row[]): readonly string[] {
  const before = Number(rows[0]?.number) - 1
  return before > 0 ? [`${count(before, 'earlier deployment')} not shown: give --limit or --all`] : []
}

function underWayText(given: unknown): readonly string[] {
  if (given === null || given === undefined) return []
  const { deployment, holder, run, since, alive } = given as Row
  const began = since === null ? 'has not begun' : `began ${moment(since)}`
  if (alive === null) return [`deployment ${deployment} ${began} and was left unfinished: the next deployment closes its record`]
  const who = holder === null ? 'what is under the name of the lock is not a lock' : `${text(holder)} holds the lock`
  const where = run === null ? '' : ` (${text(run)})`
  return [`deployment ${deployment} ${began}: ${who}${where}, last sign of life ${moment(alive)}`]
}

function moment(value: unknown): string {
  return `${text(value).slice(0, 19).replace('T', ' ')} UTC`
}

function verdict({ verified, checked }: Shown): readonly string[] {
  if (verified === false) return ['the chain is broken']
  if (verified !== true) return []
  const { how, records, read } = checked as Row
  const alone = how === 'by ETag' ? `, ${count(Number(read), 'record')} read` : ', every record and live entry read'
  return [`the chain holds: ${count(Number(records), 'record')} verified ${text(how)}${alone}`]
}

function text(value: unknown): string {
  return value === null || value === undefined ? '-' : plain(String(value))
}

function short(value: unknown, digits: number): string {
  return text(value)
    .replace(/^sha256:/, '')
    .slice(0, digits)
}

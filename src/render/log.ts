import type { DeploymentRecord } from '../deployment/log/record.ts'
import { plain } from './plain.ts'
import { count, table } from './table.ts'

/** A deployment as `log` gives it. */
export interface LogRow extends Pick<DeploymentRecord, 'kind' | 'parts' | 'release' | 'outcome' | 'started' | 'finished'> {
  readonly number: number
  readonly version: string | null
  readonly actor: string | null
  readonly commit: string | null
  readonly run: string | null
}

/** The log on a terminal, newest last. */
export function logText({
  deployments: rows,
  verified,
}: {
  readonly deployments: readonly LogRow[]
  readonly verified: boolean | null
}): string {
  if (rows.length === 0) return 'no deployment yet'
  const cells = rows.map((row) => [
    `${row.number}`,
    row.kind,
    row.outcome,
    row.release === null ? text(row.version).slice(0, 24) : short(row.release),
    text(row.started).slice(0, 19).replace('T', ' '),
    text(row.actor),
    short(row.commit),
  ])
  const verdict =
    verified === true ? `\nthe chain holds: ${count(rows.length, 'record')} verified` : verified === false ? '\nthe chain is broken' : ''
  return `${table([['#', 'kind', 'outcome', 'release', 'started (UTC)', 'by', 'commit'], ...cells])}${verdict}`
}

function text(value: string | null): string {
  return value === null ? '-' : plain(value)
}

function short(value: string | null): string {
  return text(value)
    .replace(/^sha256:/, '')
    .slice(0, 12)
}

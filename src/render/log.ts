import { plain } from './plain.ts'
import { count, table } from './table.ts'

/** The log on a terminal, newest last. */
export function logText(outputs: { readonly deployments?: unknown; readonly verified?: unknown }): string {
  const rows = (outputs.deployments ?? []) as readonly Readonly<Record<string, unknown>>[]
  if (rows.length === 0) return 'no deployment yet'
  const cells = rows.map((row) => [
    `${row.number}`,
    text(row.kind),
    text(row.outcome),
    row.release === null ? text(row.version).slice(0, 24) : short(row.release),
    text(row.started).slice(0, 19).replace('T', ' '),
    text(row.actor),
    short(row.commit),
  ])
  const verdict =
    outputs.verified === true
      ? `\nthe chain holds: ${count(rows.length, 'record')} verified`
      : outputs.verified === false
        ? '\nthe chain is broken'
        : ''
  return `${table([['#', 'kind', 'outcome', 'release', 'started (UTC)', 'by', 'commit'], ...cells])}${verdict}`
}

function text(value: unknown): string {
  return value === null || value === undefined ? '-' : plain(String(value))
}

function short(value: unknown): string {
  return text(value)
    .replace(/^sha256:/, '')
    .slice(0, 12)
}

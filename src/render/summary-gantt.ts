/** The time of a stack in a deployment. */
export interface Bar {
  readonly name: string
  readonly outcome: string
  readonly seconds: number
  /** When it began, as an ISO time; undefined if it was not recorded. */
  readonly started: string | undefined
}

/** The colour of a bar, by the outcome of its stack. */
const tags: ReadonlyMap<string, string> = new Map([
  ['failed', 'crit, '],
  ['gated', 'crit, '],
  ['unknown', 'active, '],
  ['unchanged', 'done, '],
])

/** The day on which the chart begins. Only the differences between its times mean anything. */
const ORIGIN = Date.UTC(2000, 0, 1)
/** In milliseconds. Shorter charts have no hours in their labels: they would all be zero. */
const HOUR = 3_600_000

/**
 * The time of each stack as a chart that GitHub draws; empty if no stack took any. Bars begin when their stacks did if that is known of all,
 * else all at zero. Source: mermaid, gantt.jison (a name ends at a colon, a statement at a line's end, `;` or `#`).
 */
export function gantt(bars: readonly Bar[]): string {
  const long = bars.filter(({ seconds }) => seconds > 0)
  if (long.length === 0) return ''
  const starts = long.map(({ started }) => (started === undefined ? Number.NaN : Date.parse(started)))
  const known = starts.every((start) => !Number.isNaN(start))
  const first = Math.min(...starts)
  const lines = long.map(({ name, outcome, seconds }, index) => {
    const begin = new Date(ORIGIN + (known ? (starts[index] ?? first) - first : 0)).toISOString().slice(0, -1)
    return `  ${index + 1} ${harmless(name)}, ${harmless(outcome)} :${tags.get(outcome) ?? ''}${begin}, ${Math.round(seconds * 1_000)}ms`
  })
  const span = Math.max(...long.map(({ seconds }, index) => seconds * 1_000 + (known ? (starts[index] ?? first) - first : 0)))
  const section = known ? 'stacks' : 'how long each stack took'
  return [
    '```mermaid',
    'gantt',
    '  dateFormat YYYY-MM-DDTHH:mm:ss.SSS',
    `  axisFormat ${span < HOUR ? '%M:%S' : '%H:%M:%S'}`,
    `  section ${section}`,
    ...lines,
    '```',
  ].join('\n')
}

function harmless(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 60)
}

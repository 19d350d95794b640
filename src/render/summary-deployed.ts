import type { RolloutReport } from '../deployment/apply/run.ts'
import type { TowpathError } from '../errors.ts'
import { printDuration } from '../ports/clock.ts'
import { redactOutput } from '../redaction/redact-value.ts'
import { rolloutLines } from './deployed.ts'
import { gantt } from './summary-gantt.ts'
import { code, markdownTable } from './summary-markdown.ts'

type Fields = Readonly<Record<string, unknown>>

const outcomes: ReadonlyMap<unknown, string> = new Map([
  ['succeeded', '✅ succeeded'],
  ['unchanged', '✅ unchanged'],
  ['failed', '❌ failed'],
  ['unknown', '⚠️ unknown'],
  ['gated', '⛔ stopped by a gate'],
  ['waiting', '⏸ not begun'],
  ['kept', '📌 kept'],
])

/** The verdict of a deployment in one line. @param service as Markdown, like `environment`; undefined if the step did not get one */
export function deployedVerdict(
  outputs: Fields,
  {
    environment,
    service,
    isRollback,
  }: { readonly environment: string; readonly service: string | undefined; readonly isRollback: boolean },
  error: TowpathError | undefined,
): string {
  const { outcome, changed, deployment, release, previous } = outputs
  const of = service === undefined ? '' : ` of ${service}`
  const numbered =
    typeof deployment === 'number' ? `Deployment ${deployment}${of} to ${environment}` : `The deployment${of} to ${environment}`
  const named = isRollback ? `${numbered}, a rollback,` : numbered
  if (error?.code === 'gated') return `⛔ ${named} was stopped by a gate`
  if (outcome === 'unknown') return `⚠️ ${named} has an unknown outcome`
  if (error || outcome === 'failed') return `❌ ${named} failed`
  if (outcome !== 'succeeded') return `🔍 Dry run for ${environment}: nothing was changed`
  if (changed !== false) return `✅ ${named} succeeded`
  // Another release is live than before, although no stack had to change.
  if (typeof previous === 'string' && previous !== release) return `✅ ${named} succeeded: no stack had to change`
  return `✅ Nothing to do${service === undefined ? '' : ` for ${service}`} in ${environment}`
}

/** The result of a deployment: the release, each stack with its outcome and time, the timeline, and the stacks' outputs. */
export function deployedBlocks(fields: Fields): readonly string[] {
  const { release, stacks } = fields
  const rows = listOf(stacks)
  const times = rows.map(({ stack, outcome, seconds, started }) => ({
    name: String(stack),
    outcome: String(outcome),
    seconds: typeof seconds === 'number' ? seconds : 0,
    started: typeof started === 'string' ? started : undefined,
  }))
  const chart = gantt(times)
  return [
    ...(typeof release === 'string' ? [releaseLine(fields)] : []),
    ...(rows.length > 0 ? [markdownTable(['stack', 'outcome', 'time', 'name'], rows.map(stackRow))] : []),
    ...(chart === '' ? [] : [chart]),
    ...(fields.rollout
      ? [
          rolloutLines(fields.rollout as RolloutReport)
            .map((line) => code(line))
            .join('<br>\n'),
        ]
      : []),
    ...outputsFold(rows),
  ]
}

/** The release that is live now and the one before, if they are known. */
function releaseLine({ outcome, changed, release, previous }: Fields): string {
  const name = `Release ${code(short(String(release)))}`
  const other = typeof previous === 'string' && previous !== release ? code(short(previous)) : undefined
  if (outcome === 'succeeded')
    return changed === false ? `${name} is live` : `${name} is live${other === undefined ? '' : `; before it ${other} was`}`
  if (changed === false && other !== undefined) return `${name} was not applied: ${other} stays`
  return `${name} is not live as a whole${other === undefined ? '' : `; before it ${other} was`}`
}

function stackRow({ stack, outcome, seconds, name }: Fields): readonly string[] {
  const word = outcomes.get(outcome) ?? code(String(outcome))
  const time = typeof seconds === 'number' && seconds > 0 ? printDuration(seconds * 1_000) : '–'
  return [code(String(stack)), word, time, code(String(name))]
}

/** The reason why a deployment did not succeed, if its outputs have one. */
export function causeLine(outputs: Fields): string | undefined {
  if (typeof outputs.cause !== 'object' || outputs.cause === null) return undefined
  const { stack, resource, type, reason } = fieldsOf(outputs.cause)
  const isNamed = typeof resource === 'string' && String(reason).includes(resource)
  const where = isNamed ? [] : [stack, resource, type].filter((part): part is string => typeof part === 'string').map(code)
  return `**Cause**: ${where.length === 0 ? '' : `${where.join(' ')}: `}${code(String(reason))}`
}

function outputsFold(rows: readonly Fields[]): readonly string[] {
  const lines = rows.flatMap(({ stack, outputs }) =>
    Object.entries(fieldsOf(outputs)).map(([name, value]) => [code(String(stack)), code(name), code(redactOutput(name, String(value)))]),
  )
  if (lines.length === 0) return []
  return ['<details><summary>Outputs of the stacks</summary>', markdownTable(['stack', 'output', 'value'], lines), '</details>']
}

/** A digest shortened for people. */
export function short(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12)
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

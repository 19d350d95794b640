import type { RolloutReport } from '../deployment/apply/run.ts'
import type { FailureCause, Outcome, StackOutcome } from '../deployment/log/record.ts'
import { printDuration } from '../ports/clock.ts'
import { redactOutput } from '../redaction/redact-value.ts'
import type { Failure } from '../rollout/diagnose.ts'
import { plain } from './plain.ts'
import { table } from './table.ts'

/** The outputs of a deployment that people read. */
interface Shown {
  readonly outcome: Outcome | null
  readonly changed: boolean
  readonly deployment: number | null
  readonly release: string | null
  readonly previous: string | null
  readonly stacks: readonly ShownStack[]
  readonly cause: FailureCause | null
  readonly rollout?: RolloutReport | null
}

interface ShownStack {
  readonly stack: string
  readonly name: string
  readonly outcome: StackOutcome
  readonly seconds: number
  readonly outputs: Readonly<Record<string, string>>
}

/** The outputs of `deploy` and `rollback` on a terminal, the outcome first. */
export function deployedText(shown: Shown): string {
  const { stacks, cause, rollout } = shown
  const rows = stacks.map(({ stack, name, outcome, seconds }) => [
    `  ${stack}`,
    outcome,
    outcome === 'succeeded' || outcome === 'failed' ? printDuration(seconds * 1_000) : '-',
    plain(name),
  ])
  const outputs = stacks.flatMap(({ stack, outputs }) =>
    Object.entries(outputs).map(([name, value]) => [`  ${stack}.${name}`, plain(redactOutput(name, value))]),
  )
  return [
    verdict(shown),
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(outputs.length > 0 ? ['outputs:', table(outputs)] : []),
    ...(rollout ? rolloutLines(rollout) : []),
    ...(cause ? [causeText(cause)] : []),
  ].join('\n')
}

/** The reason why it did not succeed, with the stack and resource unless the reason names them. */
function causeText({ stack, resource, type, reason }: FailureCause): string {
  const isNamed = resource !== null && reason.includes(resource)
  const where = isNamed ? '' : [stack, resource, type].filter((part) => part !== null).join(' ')
  return `cause: ${where === '' ? '' : `${plain(where)}: `}${plain(reason)}`
}

function verdict({ outcome, changed, deployment, release, previous }: Shown): string {
  const name = short(release)
  if (outcome === null) return `dry run: nothing was changed; the plan is for release ${name}`
  if (outcome === 'succeeded' && !changed)
    return release === null
      ? `nothing to do: ${deployment === null ? 'nothing was ever deployed here' : 'no release was ever live here'}`
      : `release ${name} is live: nothing had to change (deployment ${deployment})`
  const before = previous === null ? '' : `, before it ${short(previous)}`
  return `deployment ${deployment} ${outcome}: release ${name}${before}`
}

function short(digest: string | null): string {
  return digest === null ? '-' : digest.replace(/^sha256:/, '').slice(0, 12)
}

/** How many hosts are named of each outcome, and how many lines there are of a log and of failures. */
const [NAMED, LOG_LINES, FAILURES] = [4, 7, 2]
const outcomes = ['succeeded', 'failed', 'skipped', 'unknown'] as const

/** A deployment of code as people read it, at most 15 lines: what it was, each outcome with its hosts, why hosts failed. */
export function rolloutLines({ id, hosts, partial, diagnosis, restored }: RolloutReport): readonly string[] {
  const byOutcome = outcomes.flatMap((outcome) => {
    const names = hosts.flatMap((host) => (host.outcome === outcome ? [host.name] : []))
    return names.length === 0 ? [] : [`${outcome} on ${listed(names)}`]
  })
  const failures = diagnosis?.failures ?? []
  const left = failures.length - FAILURES
  return [
    `code: deployment ${plain(id)}${byOutcome.length === 0 ? '' : ` ${byOutcome.join('; ')}`}${partial ? ' (partial)' : ''}`,
    ...failures.slice(0, FAILURES).flatMap((failure, index) => failureLines(failure, index === 0 ? LOG_LINES : 0)),
    ...(left > 0 ? [`  and ${left} more ${left === 1 ? 'cause' : 'causes'}`] : []),
    ...(restored ? [`  CodeDeploy rolled back with deployment ${plain(restored.id)}, which ${restored.outcome}`] : []),
  ]
}

function failureLines({ hosts, event, code, script, exitCode, message, log }: Failure, most: number): readonly string[] {
  const how =
    script === null ? plain(message || code) : `${plain(script)} ${exitCode === null ? plain(code) : `ended with exit code ${exitCode}`}`
  const last = most === 0 ? [] : log.filter((line) => line.trim() !== '').slice(-most)
  return [`  ${listed(hosts)}, ${plain(event)}: ${how}`, ...last.map((line) => `    | ${plain(line)}`)]
}

function listed(names: readonly string[]): string {
  const named = names.slice(0, NAMED).map(plain).join(', ')
  return names.length > NAMED ? `${named} and ${names.length - NAMED} more` : named
}

import type { RolloutReport } from '../deployment/apply/run.ts'
import type { Failure } from '../rollout/diagnose.ts'
import { plain } from './plain.ts'

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

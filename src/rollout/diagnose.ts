import type { HostEvent, HostState, Rollout } from './rollouts.ts'
import { outcomeOf } from './status.ts'

/** One reason for which hosts failed. */
export interface Failure {
  /** The hosts that failed so, the first to fail first. */
  readonly hosts: readonly string[]
  readonly event: string
  /** `ScriptFailed`, …; CodeDeploy's name. */
  readonly code: string
  /** Null if no script was at fault. */
  readonly script: string | null
  readonly exitCode: number | null
  readonly message: string
  /** The last lines of the log on the host that failed first, without the agent's prefixes. */
  readonly log: readonly string[]
}

/** Why a deployment failed. */
export interface Diagnosis {
  /** One line. */
  readonly cause: string
  readonly hint: string
  /** The first to happen first; the same on many hosts once. */
  readonly failures: readonly Failure[]
}

/** What CodeDeploy's errors of a whole deployment mean. Source: CodeDeploy API reference, ErrorInformation. */
const errors: Readonly<Record<string, readonly [cause: string, hint: string]>> = {
  NO_INSTANCES: ['the deployment group has no hosts', 'start or register hosts with the tags that the group looks for'],
  HEALTH_CONSTRAINTS_INVALID: [
    'the deployment configuration wants more healthy hosts than there are',
    'add hosts, or choose another configuration',
  ],
  REVISION_MISSING: ['CodeDeploy cannot find the revision', 'check that the revision is in the bucket and that it may be read'],
  MANUAL_STOP: ['somebody stopped the deployment', 'see in CodeDeploy who did, then deploy again'],
  ALARM_ACTIVE: ['an alarm of the deployment group went off', 'look at the alarm, then deploy again'],
  IAM_ROLE_PERMISSIONS: [
    'the service role of the deployment group may not do what it needs',
    'check the rights of the role in the template',
  ],
  IAM_ROLE_MISSING: ['the service role of the deployment group does not exist', 'check the role in the template'],
  TIMEOUT: ['CodeDeploy gave the deployment up after its time limit', 'look at the hosts that did not end'],
  THROTTLED: ['AWS had too many requests of this account', 'deploy again later'],
  AGENT_ISSUE: ['the CodeDeploy agent on a host has a problem', 'look at the log of the agent on the host'],
}

/** Why a deployment that did not succeed failed, first by what its hosts say. */
export function diagnose(rollout: Pick<Rollout, 'id' | 'status' | 'error'>, hosts: readonly HostState[]): Diagnosis {
  const failures = failuresOf(hosts)
  const [first] = failures
  if (first) return { cause: lineOf(first), hint: hintOf(first), failures }
  const { code = 'UNKNOWN', message = '' } = rollout.error ?? {}
  const [cause, hint] = errors[code] ?? [
    message === ''
      ? `deployment ${rollout.id} is ${rollout.status}, and CodeDeploy does not say why`
      : `${uncapitalised(message)} (${code})`,
    'look at the deployment in CodeDeploy',
  ]
  return { cause, hint, failures }
}

function failuresOf(hosts: readonly HostState[]): readonly Failure[] {
  const failed = hosts.filter((host) => outcomeOf(host) === 'failed').flatMap((host) => failureOf(host) ?? [])
  failed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const same = new Map<string, Failure>()
  for (const { failure } of failed) {
    const key = JSON.stringify([
      failure.event,
      failure.code,
      failure.script,
      failure.exitCode,
      failure.script === null ? failure.message : null,
    ])
    const known = same.get(key)
    same.set(key, known ? { ...known, hosts: [...known.hosts, ...failure.hosts] } : failure)
  }
  return [...same.values()]
}

/** The event that ended a host; one whose failure was passed over comes before it, and is not it. */
function failureOf({ name, events }: HostState): { readonly at: string; readonly failure: Failure } | undefined {
  const event = events.findLast(({ status }) => status === 'Failed')
  if (!event) return undefined
  const { code = 'UnknownError', script = '', message = '', log = '' } = event.said ?? {}
  return {
    // Undefined sorts last: when it happened is not known.
    at: event.ended ?? '9',
    failure: {
      hosts: [name],
      ...{ event: event.event, code, message: oneLine(message) },
      script: script === '' ? null : script,
      exitCode: exitCodeIn(event),
      log: log
        .split('\n')
        .filter((line) => /^\[std(out|err)\]/.test(line))
        .map((line) => line.replace(/^\[std(out|err)\]/, '')),
    },
  }
}

function exitCodeIn({ said }: HostEvent): number | null {
  const code = /exit code (\d+)/.exec(said?.message ?? '')?.[1]
  return code === undefined ? null : Number(code)
}

function lineOf({ hosts, event, code, script, exitCode, message }: Failure): string {
  const [first = ''] = hosts
  const more = hosts.length > 1 ? ` and ${hosts.length - 1} more ${hosts.length === 2 ? 'host' : 'hosts'}` : ''
  const where = `in ${event} on ${first}${more}`
  if (isSilent(message)) return `the CodeDeploy agent did not answer ${where}`
  if (script === null) return `${event} failed on ${first}${more}: ${uncapitalised(message) || code}`
  if (code === 'ScriptFailed')
    return `${script} ${exitCode === null ? 'was killed by a signal' : `failed with exit code ${exitCode}`} ${where}`
  if (code === 'ScriptTimedOut') return `${script} took too long ${where}`
  if (code === 'ScriptMissing') return `${script} is not in the revision (${where.slice('in '.length)})`
  return `${script} failed ${where}: ${uncapitalised(message) || code}`
}

function hintOf({ hosts: [first = ''], code, message, script, event }: Failure): string {
  if (isSilent(message)) return `check that ${first} runs, and that its agent does: systemctl status codedeploy-agent`
  if (code === 'ScriptTimedOut') return 'make the script faster, or give its hook a longer timeout'
  if (/close STDOUT/.test(message)) return 'a program that the script started holds its output open: redirect all three of its streams'
  if (event === 'ApplicationStop') return 'this hook is of the revision installed before; --ignore-stop-failures passes over it once'
  return script === null ? `look at the log of the agent on ${first}` : `the last lines of its log are below; the full log is on ${first}`
}

function isSilent(message: string): boolean {
  return /agent was not able to receive the lifecycle event/i.test(message)
}

function uncapitalised(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, '') : text.replace(/\.$/, '')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

import type { Problem } from '../../errors.ts'
import type { Counts, RunnerEvent, StatsEvent, TaskEvent } from './events.ts'

/** How a host came out of a run. */
export interface HostResult {
  readonly host: string
  readonly outcome: 'ok' | 'failed' | 'unreachable'
  /** Counts of tasks. */
  readonly ok: number
  readonly changed: number
  readonly failures: number
  readonly ignored: number
  readonly rescued: number
}

/** What a run came to. */
export interface Verdict {
  readonly outcome: 'succeeded' | 'failed' | 'bad-input'
  readonly hosts: readonly HostResult[]
  /** One for each failure, or for each argument that is wrong. */
  readonly problems: readonly Problem[]
}

const argumentSpec = 'ansible.builtin.validate_argument_spec'

/** Judges a run by its events. A task whose errors are ignored, or that its block rescued, is no failure. */
export function judge(events: readonly RunnerEvent[], playbook: string): Verdict {
  const stats = events.find((event): event is StatsEvent => event.event === 'stats')
  const syntax = events.find((event) => event.event === 'syntax')
  if (syntax && 'text' in syntax) return { outcome: 'bad-input', hosts: [], problems: [syntaxProblem(syntax.text, playbook)] }
  const hosts = stats ? hostsOf(stats) : []
  const tasks = events.filter((event): event is TaskEvent => event.event === 'failed' || event.event === 'unreachable')
  const counted = hosts.flatMap(({ host, failures, outcome }) => {
    const own = tasks.filter((task) => task.host === host)
    const unreachable = outcome === 'unreachable' ? own.filter(({ event }) => event === 'unreachable').slice(-1) : []
    const failed = own.filter(({ event, ignored }) => event === 'failed' && !ignored)
    // Rescued ones come before those that ended the host's run.
    return [...unreachable, ...(failures > 0 ? failed.slice(-failures) : [])]
  })
  const ended = events.find((event) => event.event === 'end')
  const code = ended?.event === 'end' ? ended.code : 1
  if (counted.length === 0 && code === 0) return { outcome: 'succeeded', hosts, problems: [] }
  if (counted.length === 0) return { outcome: 'failed', hosts, problems: [lastError(events, playbook, code)] }
  const problems = counted.flatMap((task) => problemsOf(task, playbook))
  return { outcome: counted.every(({ action }) => action === argumentSpec) ? 'bad-input' : 'failed', hosts, problems }
}

function hostsOf(stats: StatsEvent): readonly HostResult[] {
  const names = new Set([
    ...Object.keys(stats.ok),
    ...Object.keys(stats.failures),
    ...Object.keys(stats.dark),
    ...Object.keys(stats.ignored),
  ])
  const at = (counts: Counts, host: string): number => (Object.hasOwn(counts, host) ? (counts[host] ?? 0) : 0)
  return [...names].sort().map((host): HostResult => {
    const [failures, dark] = [at(stats.failures, host), at(stats.dark, host)]
    return {
      host,
      outcome: dark > 0 ? 'unreachable' : failures > 0 ? 'failed' : 'ok',
      ok: at(stats.ok, host),
      changed: at(stats.changed, host),
      failures,
      ignored: at(stats.ignored, host),
      rescued: at(stats.rescued, host),
    }
  })
}

/** A failed task as a problem at its place; of an argument spec, one for each argument. */
function problemsOf({ host, role, task, action, path, event, messages }: TaskEvent, playbook: string): readonly Problem[] {
  const place = placeOf(path, playbook)
  if (action === argumentSpec)
    return messages.map((message) => ({ ...place, message: `${role === null ? '' : `role ${role} `}on ${host}: ${message}` }))
  const name = role === null ? task : `${role} : ${task.replace(`${role} : `, '')}`
  const what = event === 'unreachable' ? `${host} is unreachable` : `'${name}' failed on ${host}`
  return [{ ...place, message: `${what}: ${messages.join('; ')}` }]
}

function placeOf(path: string, playbook: string): { readonly file: string; readonly line: number; readonly column: number } {
  const [, file = '', line = '1'] = /^(.+):(\d+)$/.exec(path) ?? []
  return { file: file === '' ? playbook : file, line: Number(line), column: 1 }
}

/** Ansible's words for a playbook that it cannot read, with the place that it names. */
function syntaxProblem(text: string, playbook: string): Problem {
  const [, file = playbook, line = '1', column = '1'] = /^(?:Origin: )?(\/[^\n]*?):(\d+)(?::(\d+))?\s*$/m.exec(text) ?? []
  const message = /\[?ERROR\]?!?:? *([\s\S]*?)(?:\n\s*\n|\nOrigin:|$)/.exec(text)?.[1] ?? text
  return { file, line: Number(line), column: Number(column), message: message.replace(/\s+/g, ' ').trim() || 'the playbook cannot be read' }
}

function lastError(events: readonly RunnerEvent[], playbook: string, code: number): Problem {
  const said = events.flatMap((event) => (event.event === 'error' ? [event.text] : [])).at(-1)
  const message = said === undefined ? `Ansible ended with exit code ${code} and no failed task` : said.replace(/\s+/g, ' ').trim()
  return { file: playbook, line: 1, column: 1, message }
}

import { dirname } from 'node:path'
import { TowpathError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { LongPrograms } from '../../ports/long-programs.ts'
import { hostFiles } from '../host-files.ts'
import { type RunnerEvent, readEvent, type TaskEvent } from './events.ts'
import { judge, type Verdict } from './verdict.ts'

/** A run of a playbook from this machine. */
export interface PlaybookRun {
  /** Absolute. */
  readonly playbook: string
  /** The absolute path of a file, or names of hosts with a comma. */
  readonly inventory: string
  /** Changes nothing, and shows what would change. */
  readonly check: boolean
  /** Absolute. */
  readonly vaultPasswordFile: string | undefined
  /** True: the key of a host that ssh does not know is taken for its own. */
  readonly acceptUnknownHosts: boolean
  /** The Python that has ansible-core and ansible-runner. */
  readonly python: string
}

/** What running it takes. */
export interface PlaybookMachine {
  readonly longPrograms: LongPrograms
  readonly log: Log
  readonly interrupted: AbortSignal
}

/** Runs a playbook through ansible-runner, telling each task as it ends. Throws 'unsupported' where there is no Ansible. */
export async function runPlaybook({ longPrograms, log, interrupted }: PlaybookMachine, run: PlaybookRun): Promise<Verdict> {
  const { python, ...settings } = run
  const folder = dirname(run.playbook)
  const events: RunnerEvent[] = []
  const ended = await longPrograms.follow(python, ['-I', '-B', '-c', hostFiles.runner], {
    folder,
    input: JSON.stringify({ ...settings, folder, vaultPasswordFile: run.vaultPasswordFile ?? null }),
    signal: interrupted,
    heard(line) {
      const event = readEvent(line)
      if (event === undefined) return
      events.push(event)
      if (isTask(event)) log.info(taskLine(event))
    },
  })
  if (interrupted.aborted) throw new TowpathError('interrupted', `the run of ${run.playbook} was interrupted`)
  if (ended === undefined) throw absent(python)
  const missing = events.find((event) => event.event === 'absent')
  if (missing) throw absent(python)
  if (events.length === 0)
    throw new TowpathError('failed', `ansible-runner ended without a word: ${ended.errors.trim().split('\n').at(-1) ?? ''}`, {
      blame: 'service',
    })
  return judge(events, run.playbook)
}

function isTask(event: RunnerEvent): event is TaskEvent {
  return event.event === 'ok' || event.event === 'failed' || event.event === 'unreachable'
}

function taskLine({ event, host, role, task, changed, ignored, messages }: TaskEvent): string {
  const name = role === null || task.startsWith(`${role} : `) ? task : `${role} : ${task}`
  const word = event === 'ok' ? (changed ? 'changed' : 'ok') : ignored ? 'ignored' : event
  return `${host.padEnd(16)} ${word.padEnd(11)} ${name}${messages.length > 0 ? `: ${messages[0]}` : ''}`
}

function absent(python: string): TowpathError {
  return new TowpathError('unsupported', `'${python}' has no ansible-runner`, {
    hint: 'install ansible-core and ansible-runner for it, or name another Python in TOWPATH_ANSIBLE_PYTHON; the action does it by itself',
  })
}

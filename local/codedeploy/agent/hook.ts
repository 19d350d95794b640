import { spawn } from 'node:child_process'
import { access, chmod, constants, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hook } from './appspec.ts'
import { AgentError } from './diagnostics.ts'
import { type Machine, signalGroup } from './machine.ts'

/** How each kind of hook is run: without arguments, `$0` is its path. `exec` of the shell also runs what has no first line `#!`. */
const commands = {
  plain: 'umask 022; exec "$0"',
  sudo: 'umask 022; exec sudo "$0"',
  runas: 'umask 022; exec su "$1" -c "$0"',
} as const

/**
 * Runs one script of a revision as the agent does: no arguments, no input, `/` as working directory, a process group of its own. Its
 * time counts until its output is closed. Gives the lines it printed, each with the stream's name before it. Throws an AgentError.
 * @param archive the revision's folder, as a path of the host
 */
export async function runHook(
  machine: Machine,
  archive: string,
  hook: Hook,
  event: string,
  environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const script = join(archive, hook.location)
  const there = await stat(machine.path(script)).catch(() => undefined)
  if (!there?.isFile()) throw new AgentError(1, `Script does not exist at specified location: ${machine.shown(script)}`, hook.location)
  await access(machine.path(script), constants.X_OK).catch(() => chmod(machine.path(script), there.mode | 0o111))
  const lines = [`LifecycleEvent - ${event}`, `Script - ${hook.location}`]
  const who = `Script at specified location: ${hook.location}${hook.runas === undefined ? '' : ` run as user ${hook.runas}`}`
  const ended = await run(machine, machine.shown(script), hook, environment, lines)
  if (ended === 'late') throw new AgentError(3, `${who} failed to complete in ${hook.timeoutSeconds} seconds`, hook.location, lines)
  if (ended === 'open') throw new AgentError(6, `${who} failed to close STDOUT`, hook.location, lines)
  // One that a signal ended has no exit code to tell.
  if (ended !== 0) throw new AgentError(4, `${who} failed with exit code ${ended ?? ''}`, hook.location, lines)
  return lines
}

/** The exit code; null if a signal ended it; 'late' if it still runs when its time is over, 'open' if something holds its output. */
function run(
  machine: Machine,
  path: string,
  hook: Hook,
  env: NodeJS.ProcessEnv,
  lines: string[],
): Promise<number | null | 'late' | 'open'> {
  const kind = hook.runas !== undefined ? 'runas' : hook.sudo ? 'sudo' : 'plain'
  const [program = '', ...args] = machine.command(['sh', '-c', commands[kind], path, ...(hook.runas === undefined ? [] : [hook.runas])])
  const child = spawn(program, args, { cwd: '/', env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const { pid } = child
  if (pid !== undefined) machine.began(pid)
  const reading = { stdout: linesOf('[stdout]', lines), stderr: linesOf('[stderr]', lines) }
  child.stdout.on('data', reading.stdout.add)
  child.stderr.on('data', reading.stderr.add)
  return new Promise((resolve, reject) => {
    let exited = false
    const finish = (how: number | null | 'late' | 'open'): void => {
      clearTimeout(timer)
      for (const stream of [child.stdout, child.stderr]) stream.destroy()
      reading.stdout.end()
      reading.stderr.end()
      resolve(how)
    }
    // The agent asks it to end, and looks no further.
    const timer = setTimeout(() => {
      if (!exited && pid !== undefined) signalGroup(pid, 'SIGTERM')
      finish(exited ? 'open' : 'late')
    }, hook.timeoutSeconds * 1_000)
    child.on('exit', () => {
      exited = true
    })
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', finish)
  })
}

/** Cuts a stream into lines. What is no UTF-8 shows as U+FFFD. */
function linesOf(prefix: string, lines: string[]) {
  const decoder = new TextDecoder()
  let rest = ''
  const add = (bytes: Uint8Array): void => {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts.map((line) => `${prefix}${line}`))
  }
  const end = (): void => {
    rest += decoder.decode()
    if (rest !== '') lines.push(`${prefix}${rest}`)
    rest = ''
  }
  return { add, end }
}

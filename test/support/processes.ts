import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

interface Process {
  readonly pid: number
  readonly parent: number
  /** Ended, but not yet waited for by its parent. */
  readonly dead: boolean
}

/** The processes of this machine: from /proc where there is one, since a small Linux may have no `ps`. */
async function processes(): Promise<readonly Process[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,stat='])
    return stdout.split('\n').flatMap((line) => {
      const [pid, parent, state = ''] = line.trim().split(/\s+/)
      return pid ? [{ pid: Number(pid), parent: Number(parent), dead: state.startsWith('Z') }] : []
    })
  }
  const found: Process[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    // The command stands in brackets and may hold anything; state and parent follow it.
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    if (text) found.push({ pid: Number(name), parent: Number(parent), dead: state === 'Z' })
  }
  return found
}

/** The process ids of everything that a process started, and that they started, and so on. */
export async function descendants(of: number): Promise<readonly number[]> {
  const all = await processes()
  const family = [of]
  for (const pid of family) family.push(...all.filter(({ parent, dead }) => parent === pid && !dead).map((child) => child.pid))
  return family.slice(1)
}

/** Those of the given processes that still run. */
export async function running(pids: readonly number[]): Promise<readonly number[]> {
  return (await processes()).filter(({ pid, dead }) => pids.includes(pid) && !dead).map(({ pid }) => pid)
}

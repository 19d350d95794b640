import type { ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long launch.py may take to end everything, in milliseconds; its own bounds add up to less. */
const END_WITHIN = 15_000

/** The life of one emulator, held through the launcher that runs it. */
export interface Life {
  /** The emulator's process id; rejects if the launcher ends, or cannot be run, before it tells. */
  readonly emulator: Promise<number>
  /** Resolves when launcher, emulator and folder are gone. Never rejects. */
  readonly ended: Promise<void>
  /** Ends it all. May be called again. */
  stop(): Promise<void>
}

/** Follows a launcher that was just spawned with pipes for its standard input and output. */
export function follow(launcher: ChildProcess, folder: string): Life {
  const emulator = Promise.withResolvers<number>()
  // It need not be waited for: `ended` tells the same.
  emulator.promise.catch(() => {})
  let pid: number | undefined
  if (launcher.stdout) {
    createInterface({ input: launcher.stdout }).once('line', (line) => {
      pid = Number(line)
      emulator.resolve(pid)
    })
  }
  // Nobody reads any more at the other end of a launcher that is gone.
  launcher.stdin?.on('error', () => {})

  const ended = new Promise<void>((resolve) => {
    launcher.once('error', (error) => {
      emulator.reject(error)
      resolve()
    })
    launcher.once('close', (code, signal) => {
      // A launcher that was killed has ended nothing.
      if (signal !== null && pid !== undefined) killGroup(pid)
      emulator.reject(new Error(`it ended at once (${signal ?? `exit code ${code}`})`))
      resolve()
    })
  })
    // Gone already, unless the launcher was killed or never ran.
    .then(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
    .catch(() => {})

  async function stop(): Promise<void> {
    launcher.stdin?.end()
    const timer = new AbortController()
    const late = sleep(END_WITHIN, 'late', { signal: timer.signal }).catch(() => undefined)
    if ((await Promise.race([ended, late])) === 'late') launcher.kill('SIGKILL')
    await ended
    timer.abort()
  }
  return { emulator: emulator.promise, ended, stop }
}

/** Kills a process group; that it is gone already is no error. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

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
  stop(): Promise<void>
}

/** Follows a launcher that was just spawned with pipes for its standard input and output. */
export function follow(launcher: ChildProcess, folder: string): Life {
  const { promise: emulator, resolve, reject } = Promise.withResolvers<number>()
  // Whoever waits for it hears of a failure; when nobody does, it is told otherwise (`ended`).
  emulator.catch(() => {})
  // A launcher that is gone closes its end; that is told by `ended` as well.
  launcher.stdin?.on('error', () => {})
  if (launcher.stdout) createInterface({ input: launcher.stdout }).once('line', (line) => resolve(Number(line)))
  const ended = new Promise<void>((done) => {
    launcher.once('error', (error) => {
      reject(error)
      done()
    })
    launcher.once('exit', (code, signal) => {
      reject(new Error(`it ended at once (${signal ?? `exit code ${code}`})`))
      done()
    })
  })
    // The launcher removes the folder itself, unless it never ran or was killed.
    .then(() => rm(folder, { recursive: true, force: true }))
  let stopping: Promise<void> | undefined
  return { emulator, ended, stop: () => (stopping ??= end(launcher, emulator, ended)) }
}

/** Closes the pipe that keeps the launcher running; what has not ended within the bound is killed. */
async function end(launcher: ChildProcess, emulator: Promise<number>, ended: Promise<void>): Promise<void> {
  launcher.stdin?.end()
  const timer = new AbortController()
  const late = sleep(END_WITHIN, 'late' as const, { signal: timer.signal }).catch(() => undefined)
  if ((await Promise.race([ended, late])) === 'late') {
    const pid = await Promise.race([emulator, undefined]).catch(() => undefined)
    if (pid !== undefined) killGroup(pid)
    if (launcher.pid !== undefined) killGroup(launcher.pid)
    await ended
  }
  timer.abort()
}

/** Kills a process group; that it is gone already is no error. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A program that was started, and what it has printed so far. */
export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when it has printed a text. Rejects if it ends before. */
  printed(text: string): Promise<void>
}

/** Starts a program with this environment and no other. */
export function start(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Started {
  const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    stdout += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece
  })
  const ended = new Promise<Ended>((done) => {
    child.on('error', (error) => done({ code: 127, stdout, stderr: `${stderr}${error.message}` }))
    child.on('close', (code) => done({ code: code ?? 1, stdout, stderr }))
  })
  function printed(text: string): Promise<void> {
    return new Promise((done, failed) => {
      const look = (): void => {
        if (stdout.includes(text)) done()
      }
      child.stdout.on('data', look)
      look()
      void ended.then(() => failed(new Error(`it ended and never printed '${text}': ${stdout}${stderr}`)))
    })
  }
  return { child, ended, printed }
}

export function execute(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  return start(command, args, cwd, env).ended
}

/** Writes a file, and the folders above it. */
export async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

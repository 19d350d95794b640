import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Processes } from '../../ports/processes.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The most that is read of a program's output, in bytes. */
const LONGEST = 32 * 1024 * 1024

/** Variables that hold what gives access to something: no business of a program that only reads files. */
const secret = /^(AWS_|ACTIONS_|INPUT_)|TOKEN|SECRET|PASSWORD/i

/** Programs of this machine. */
export function nodeProcesses(environment: Environment = process.env): Processes {
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !secret.test(name)))
  return {
    async has(program) {
      const found = await Promise.all((environment.PATH ?? '').split(delimiter).map((folder) => isProgram(join(folder, program))))
      return found.includes(true)
    },
    run: (program, args, { folder, timeoutMilliseconds }) =>
      new Promise((done) => {
        const options = { cwd: folder, env, timeout: timeoutMilliseconds, killSignal: 'SIGKILL', maxBuffer: LONGEST } as const
        // An exit code that is not zero is no failure to run: an error has one only then.
        execFile(program, args, options, (error, stdout) => done(error && typeof error.code !== 'number' ? undefined : stdout))
      }),
  }
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

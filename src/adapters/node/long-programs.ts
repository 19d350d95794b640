import { spawn } from 'node:child_process'
import type { LongPrograms } from '../../ports/long-programs.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Programs of this machine that tell what they do as they go. */
export function nodeLongPrograms(environment: Environment = process.env): LongPrograms {
  return { follow: (program, args, how) => follow(program, args, withoutWorkflow(environment), how) }
}

/** What a workflow gives its own steps: their inputs, and the tokens that they act with. */
function withoutWorkflow(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(?:ACTIONS_|INPUT_)/.test(name)))
}

/** The most that is kept of what a program says on stderr, in characters. */
const LONGEST_ERRORS = 64 * 1024

function follow(
  program: string,
  args: readonly string[],
  env: Environment,
  { folder, input, signal, heard }: Parameters<LongPrograms['follow']>[2],
): ReturnType<LongPrograms['follow']> {
  return new Promise((done) => {
    const child = spawn(program, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] })
    let errors = ''
    let rest = ''
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const end = (ended: Awaited<ReturnType<LongPrograms['follow']>>): void => {
      signal.removeEventListener('abort', stop)
      done(ended)
    }
    child.on('error', () => end(undefined))
    child.stdin.on('error', () => {}) // one that ends without reading has its exit code to say so
    child.stdin.end(input)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) heard(line)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-LONGEST_ERRORS)
    })
    child.on('close', (code) => {
      if (rest !== '') heard(rest)
      end({ code, errors })
    })
  })
}

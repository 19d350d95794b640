import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workflowRunner } from '../../src/adapters/github/workflow.ts'
import type { Command } from '../../src/commands/command.ts'
import type { World } from '../../src/commands/world.ts'
import { runAction } from '../../src/hosts/action-run.ts'

/** What a step wrote, as the runner gets it. */
export interface Wrote {
  readonly code: number
  readonly stdout: string
  /** The file of GITHUB_OUTPUT. */
  readonly outputs: string
  readonly summary: string
}

/** A runner's surroundings on this machine: the two files, and a stdout that is read back. */
export interface Step {
  /** Does something, and gives what it wrote. */
  watch(deed: () => Promise<number> | number): Promise<Wrote>
  /** Runs a verb of the test's own through the action host and the real adapter. */
  run(command: Command, variables?: Readonly<Record<string, string>>): Promise<Wrote>
  end(): void
}

/** A folder for the steps of a file of tests, to be removed after them: core names the summary's file once and for all. */
export function stepsFolder(): string {
  return mkdtempSync(join(tmpdir(), 'towpath-step-'))
}

/**
 * Begins a step. Only one at a time: the files are named by the process's environment. Once it has ended it does nothing more, so that a
 * test which ran out of its limit writes nothing into the step of the next one.
 */
export function aStep(folder: string): Step {
  const [outputs, summary] = [join(folder, 'outputs'), join(folder, 'summary')]
  const before = { GITHUB_OUTPUT: process.env.GITHUB_OUTPUT, GITHUB_STEP_SUMMARY: process.env.GITHUB_STEP_SUMMARY }
  Object.assign(process.env, { GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary })
  const write = process.stdout.write
  let over = false

  const watch: Step['watch'] = async (deed) => {
    if (over) throw new Error('the step has ended')
    for (const file of [outputs, summary]) writeFileSync(file, '')
    let stdout = ''
    process.stdout.write = (piece: string | Uint8Array) => {
      stdout += String(piece)
      return true
    }
    try {
      const code = await deed()
      if (over) throw new Error('the step has ended')
      return { code, stdout, outputs: readFileSync(outputs, 'utf8'), summary: readFileSync(summary, 'utf8') }
    } finally {
      if (!over) process.stdout.write = write
    }
  }

  return {
    watch,
    run: (command, variables = {}) =>
      watch(() =>
        runAction(command.name, {
          workspace: '/work',
          variables,
          runner: workflowRunner(),
          verbs: new Map([[command.name, { summary: command.summary, load: async () => ({ default: command }) }]]),
          listen: () => ({ interrupted: new AbortController().signal, over: new Promise<never>(() => {}), stop() {} }),
          // A verb of the test's own asks for its log alone.
          world: ({ log }) => ({ log }) as World,
        }),
      ),
    end() {
      over = true
      process.stdout.write = write
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    },
  }
}

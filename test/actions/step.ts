import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jest } from '@jest/globals'
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

/** Begins a step. Only one at a time: the files are named by the process's environment. */
export function aStep(): Step {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-step-'))
  const [outputs, summary] = [join(folder, 'outputs'), join(folder, 'summary')]
  const before = { GITHUB_OUTPUT: process.env.GITHUB_OUTPUT, GITHUB_STEP_SUMMARY: process.env.GITHUB_STEP_SUMMARY }
  Object.assign(process.env, { GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary })

  const watch: Step['watch'] = async (deed) => {
    for (const file of [outputs, summary]) writeFileSync(file, '')
    let stdout = ''
    const spy = jest.spyOn(process.stdout, 'write').mockImplementation((piece) => {
      stdout += String(piece)
      return true
    })
    try {
      const code = await deed()
      return { code, stdout, outputs: readFileSync(outputs, 'utf8'), summary: readFileSync(summary, 'utf8') }
    } finally {
      spy.mockRestore()
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
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

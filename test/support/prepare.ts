import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureWorkflowTools } from '../../scripts/workflow-tools.mjs'
import { type PreparedTools, variables } from './prepared.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Jest's globalSetup of the tests of kind `run`: makes, once a run, what many of their files use. */
export default async function prepare(): Promise<void> {
  const bundle = join(await mkdtemp(join(tmpdir(), 'towpath-bundle-')), 'dist')
  process.env[variables.bundle] = bundle
  const [tools] = await Promise.all([prepareTools(), build(bundle)])
  process.env[variables.tools] = JSON.stringify(tools)
}

/** Tools that cannot be had fail the tests that need them, and no others. */
async function prepareTools(): Promise<PreparedTools> {
  try {
    return { tools: await ensureWorkflowTools(root, { say: (line) => process.stderr.write(`${line}\n`) }) }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) }
  }
}

/** Builds in a process of its own, as rolldown does not run within jest. */
async function build(target: string): Promise<void> {
  const script = join(root, 'scripts/build.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, target], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`scripts/build.ts ended with ${code}: see above`)
}

/** Jest's globalTeardown: removes what `prepare` made for this run alone. */
export async function tidy(): Promise<void> {
  const bundle = process.env[variables.bundle]
  if (bundle !== undefined) await rm(dirname(bundle), { recursive: true, force: true })
}

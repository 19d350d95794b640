import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { failureText } from './demo/ending.ts'
import { createNarrator } from './demo/narrator.ts'

/**
 * The demo: the whole of Towpath's main job on a local AWS, each step narrated and its result asserted. It runs the real command line in
 * a folder of its own and leaves nothing behind, whether it ends well, fails, or is stopped. Exit code 0, 1 if a step came out wrong, 2
 * if it cannot begin, 130 if it was stopped.
 */
async function main(): Promise<number> {
  const stopping = new AbortController()
  // More than one may come for one Ctrl-C: the terminal's own, and the one that npm or setup.mjs passes on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  // Nobody reads any more, such as after `| head`: there is no point in going on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort())
  const python = process.env.TOWPATH_PYTHON ?? ''
  if (python === '') return refuse('TOWPATH_PYTHON is not set: start the demo with `npm run demo`')
  const ansible = process.env.TOWPATH_ANSIBLE ?? ''
  if (ansible === '') return refuse('TOWPATH_ANSIBLE is not set: start the demo with `npm run demo`')
  const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
  if (!existsSync(cli)) return refuse(`${cli} is not there: build it with \`npm run build\``)
  const narrator = createNarrator(process.stdout)
  try {
    // Loaded only now, since the SDKs take a while and signals must be heard before.
    const { perform } = await import('./demo/perform.ts')
    await perform({ python, ansible }, narrator, stopping.signal)
    return 0
  } catch (error) {
    if (stopping.signal.aborted) {
      process.stderr.write('\nstopped: nothing of the demo is left, no process and no folder\n')
      return 130
    }
    process.stderr.write(`\n${failureText(error, narrator.step)}\n`)
    return 1
  }
}

function refuse(reason: string): number {
  process.stderr.write(`${reason}\n`)
  return 2
}

process.exitCode = await main()

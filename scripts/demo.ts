import { existsSync } from 'node:fs'
import { closing, failureText } from './demo/ending.ts'
import { createNarrator, type Narrator } from './demo/narrator.ts'
import { cli, openStage } from './demo/stage.ts'
import { story } from './demo/story.ts'

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
  if (!existsSync(cli)) return refuse(`${cli} is not there: build it with \`npm run build\``)
  const narrator = createNarrator(process.stdout)
  try {
    await perform(python, narrator, stopping.signal)
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

async function perform(python: string, narrator: Narrator, signal: AbortSignal): Promise<void> {
  narrator.say('Towpath, shown on one platform and two services, with an AWS that runs on this machine.')
  narrator.say('Where it says `towpath` below, `node dist/cli.js` is run.')
  narrator.begin('Start a local AWS', 'It stands in for an AWS account, and runs real code; nothing leaves this machine.')
  const stage = await openStage(python, narrator, signal)
  try {
    narrator.output(`it answers at ${stage.endpoint}`)
    narrator.output(`the commands below run in ${stage.folder}`)
    narrator.end()
    for (const { title, about, run } of story) {
      narrator.begin(title, about)
      await run(stage)
      narrator.end()
    }
    narrator.begin('Stop everything', 'The local AWS, and the folder that all of this was in.')
  } finally {
    await stage.close()
  }
  signal.throwIfAborted()
  narrator.end()
  narrator.total()
  for (const line of closing) narrator.say(line)
}

process.exitCode = await main()

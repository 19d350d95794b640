import { closing } from './ending.ts'
import type { Narrator } from './narrator.ts'
import { type Interpreters, openStage } from './stage.ts'
import { story } from './story.ts'

/** Tells the whole story from the start of the local AWS to its end, which comes whatever happens on the way. */
export async function perform(interpreters: Interpreters, narrator: Narrator, signal: AbortSignal): Promise<void> {
  narrator.say('Towpath, shown on one platform and three services, with an AWS that runs on this machine.')
  narrator.say('Where it says `towpath` below, `node dist/cli.js` is run.')
  narrator.begin('Start a local AWS', 'It stands in for an AWS account, and runs real code; nothing leaves this machine.')
  const stage = await openStage(interpreters, narrator, signal)
  try {
    narrator.result(`it answers at ${stage.endpoint}`)
    narrator.result(`the commands below run in ${stage.folder}`)
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

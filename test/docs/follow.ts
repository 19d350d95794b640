import { missingLine, type Step } from './page.ts'
import type { Reader } from './reader.ts'
import type { Happened, Site } from './site.ts'

/** What following a page needs of GitHub. */
type GitHub = { happens(...of: Parameters<Site['happens']>): Promise<Pick<Happened, 'run' | 'shown'>> }

/** Follows a page from its first step to its last. Throws at the first that does not do as the page says, with its line and what was printed. */
export async function follow(
  steps: readonly Step[],
  reader: Reader,
  github: GitHub,
  say: (text: string) => void = () => {},
): Promise<void> {
  let printed = ''
  for (const step of steps) {
    const failed = (why: string): Error => new Error(`line ${step.line}: ${why}. There was:\n${printed}`)
    say(`=== line ${step.line}: ${step.kind}`)
    switch (step.kind) {
      case 'write':
        await reader.write(step.file, step.content)
        break
      case 'run': {
        const done = await reader.run(step.script)
        printed = done.printed
        say(printed)
        if (done.code !== 0) throw failed(`a command ended with ${done.code}`)
        break
      }
      case 'github': {
        const { run, shown } = await github.happens(step.event, step.caller, await reader.where())
        printed = shown
        say(printed)
        if ((run.code !== 0) !== step.fails) throw failed(`the run ended ${run.code === 0 ? 'green' : 'red'}`)
        break
      }
      case 'expect': {
        const missing = missingLine(step.lines, printed)
        if (missing !== undefined) throw failed(`nothing printed '${missing}'`)
      }
    }
  }
}

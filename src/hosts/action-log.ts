import type { Log } from '../log.ts'
import type { Runner } from '../ports/runner.ts'
import { plain } from '../render/plain.ts'

/** The log of an action, and the warnings that were written to it. */
export interface ActionLog extends Log {
  readonly warnings: readonly string[]
  /** Writes each line of a text. */
  say(text: string): void
}

/** Writes to the log of the step, progress in quarters. Warnings become annotations at the end, when we know if there is anything worse. */
export function actionLog(runner: Pick<Runner, 'line'>): ActionLog {
  const warnings: string[] = []
  const quarters = new Map<string, number>()
  return {
    warnings,
    say: (text) => {
      for (const line of text.replace(/\n$/, '').split('\n')) runner.line(plain(line))
    },
    info: (text) => runner.line(plain(text)),
    warn(text) {
      warnings.push(text)
      runner.line(`warning: ${plain(text)}`)
    },
    progress(what, done, total) {
      const quarter = total === 0 ? 4 : Math.floor((done / total) * 4)
      if (quarters.get(what) === quarter) return
      quarters.set(what, quarter)
      runner.line(`${plain(what)} ${quarter * 25} %`)
    },
  }
}

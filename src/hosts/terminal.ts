import type { Log } from '../log.ts'
import { harmless, plain } from '../render/plain.ts'

/** A terminal, or a stream in its place: everything for people goes there. */
export interface Terminal extends Log {
  /** Writes lines that were made safe to show. */
  say(lines: string): void
}

/** Writes lines to stderr, and progress: in one line on a screen, in quarters elsewhere. */
export function terminal(stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>): Terminal {
  let open = false
  const quarters = new Map<string, number>()
  const say = (lines: string): void => {
    stream.write(`${open ? '\r\u001b[K' : ''}${harmless(lines)}\n`)
    open = false
  }
  return {
    say,
    info: (text) => say(plain(text)),
    warn: (text) => say(`warning: ${plain(text)}`),
    progress(what, done, total) {
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
      const quarter = Math.floor(percent / 25)
      const before = quarters.get(what)
      quarters.set(what, quarter)
      const text = `${plain(what)} ${percent} %`
      const inPlace = stream.isTTY && quarter < 4
      if (inPlace) {
        stream.write(`\r\u001b[K${harmless(text)}`)
        open = true
      } else if (before !== quarter) say(text)
    },
  }
}

/** A stream of the process that is written to. */
type Written = Pick<NodeJS.WriteStream, 'write'>

/**
 * Waits until everything that was written to these streams has been handed on, or can be handed on no more because nobody reads. To a pipe
 * Node writes in the background: a process that ends first loses what is more than the pipe holds (64 KiB), in the middle of a word.
 */
export async function flush(streams: readonly Written[]): Promise<void> {
  await Promise.all(streams.map((stream) => new Promise<void>((done) => void stream.write('', () => done()))))
}

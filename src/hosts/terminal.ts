import type { Log } from '../log.ts'
import { plain } from '../render/plain.ts'

/** The log of a terminal: lines on stderr, progress in place on a screen and in quarters elsewhere. */
export function terminalLog(stream: NodeJS.WriteStream): Log {
  let open = false
  const quarters = new Map<string, number>()
  const line = (text: string): void => {
    stream.write(`${open ? '\r\u001b[K' : ''}${text}\n`)
    open = false
  }
  return {
    info: (text) => line(plain(text)),
    warn: (text) => line(`warning: ${plain(text)}`),
    progress(what, done, total) {
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
      if (stream.isTTY) {
        stream.write(`\r\u001b[K${plain(what)} ${percent} %`)
        open = true
        if (done >= total) line(`${plain(what)} 100 %`)
        return
      }
      const quarter = Math.floor(percent / 25)
      if (quarters.get(what) === quarter) return
      quarters.set(what, quarter)
      line(`${plain(what)} ${percent} %`)
    },
  }
}

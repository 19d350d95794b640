import { describe, expect, test } from '@jest/globals'
import { type Terminal, terminal } from '../../src/hosts/terminal.ts'

/** What stands on a terminal after some work. */
function written(isTTY: boolean, work: (log: Terminal) => void): string {
  const text: string[] = []
  work(terminal({ isTTY, write: (piece: string) => text.push(piece) > 0 } as unknown as NodeJS.WriteStream))
  return text.join('')
}

const upload = (log: Terminal, steps: readonly number[]): void => {
  for (const done of steps) log.progress('uploading', done, 100)
}

describe('on a screen', () => {
  test('progress stays on one line, and ends it', () => {
    expect(written(true, (log) => upload(log, [10, 60, 100]))).toBe(
      '\r\u001b[Kuploading 10 %\r\u001b[Kuploading 60 %\r\u001b[Kuploading 100 %\n',
    )
  })

  test('a line that comes between takes the place of the progress', () => {
    const text = written(true, (log) => {
      upload(log, [10])
      log.info('and now something else')
      upload(log, [20])
    })
    expect(text).toBe('\r\u001b[Kuploading 10 %\r\u001b[Kand now something else\n\r\u001b[Kuploading 20 %')
  })

  test('an error does not stand behind the progress', () => {
    const text = written(true, (log) => {
      upload(log, [40])
      log.say('error: no')
    })
    expect(text.endsWith('\r\u001b[Kerror: no\n')).toBe(true)
  })

  test('work that is done is told once', () => {
    expect(written(true, (log) => upload(log, [100, 100, 100]))).toBe('uploading 100 %\n')
  })
})

describe('in a log', () => {
  test('progress is told in quarters', () => {
    expect(written(false, (log) => upload(log, [1, 10, 24, 26, 49, 74, 76, 99, 100, 100]))).toBe(
      ['uploading 1 %', 'uploading 26 %', 'uploading 74 %', 'uploading 76 %', 'uploading 100 %', ''].join('\n'),
    )
  })

  test('work of nothing is done', () => {
    expect(written(false, (log) => log.progress('uploading', 0, 0))).toBe('uploading 100 %\n')
  })

  test('a warning says that it is one', () => {
    expect(written(false, (log) => log.warn('look'))).toBe('warning: look\n')
  })
})

describe('foreign text', () => {
  test.each([
    ['a new line of its own', 'one\ntwo', 'one two\n'],
    ['a carriage return', 'one\rtwo', 'one\\u000dtwo\n'],
    ['a colour', '\u001b[31mred', '\\u001b[31mred\n'],
    ['a window title', '\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007\n'],
    ['a turned direction', 'a\u202eb\u200fc', 'a\\u202eb\\u200fc\n'],
    ['a command of the runner', '::set-output name=x::y', '\\u003a:set-output name=x::y\n'],
    ['a command of the runner behind spaces', '  ::add-mask::x', '  \\u003a:add-mask::x\n'],
    ['a command of the runner in its older form', 'so ##[add-mask]x', 'so ##\\u005badd-mask]x\n'],
  ])('cannot bring %s', (_, text, expected) => {
    expect(written(false, (log) => log.info(text))).toBe(expected)
  })

  test('canary: what is harmless stays as it is', () => {
    expect(written(false, (log) => log.info('arn:aws::x – 30 % of #1 [ok] AWS::S3::Bucket'))).toBe(
      'arn:aws::x – 30 % of #1 [ok] AWS::S3::Bucket\n',
    )
  })
})

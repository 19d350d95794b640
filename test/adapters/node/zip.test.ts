import { describe, expect, test } from '@jest/globals'
import { nodeArchiver } from '../../../src/adapters/node/zip.ts'
import type { ArchiveMember } from '../../../src/artefact/archiver.ts'
import { unzipped } from '../../artefact/support.ts'
import { memoryFiles } from '../../world/files.ts'

const { zip, entries, unzip } = nodeArchiver()

function aMember(name: string, content: string | Buffer = name, over: Partial<ArchiveMember> = {}): ArchiveMember {
  async function* open(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content)
  }
  return { name, bytes: Buffer.byteLength(content), executable: false, open, ...over }
}

const zipped = async (members: readonly ArchiveMember[]) => Buffer.concat(await Array.fromAsync(zip(members)))
const namesIn = async (bytes: Uint8Array, most = 3_000) =>
  (await entries(memoryFiles({ '/a.zip': bytes }), '/a.zip', most)).map(({ name }) => name)

describe('zip', () => {
  test('keeps the order it is given', async () => {
    const found = await unzipped(await zipped([aMember('b'), aMember('a'), aMember('ü/日本')]))
    expect(found.map(({ name, text }) => [name, text])).toEqual([
      ['b', 'b'],
      ['a', 'a'],
      ['ü/日本', 'ü/日本'],
    ])
  })

  test('makes a zip of nothing, too', async () => {
    expect(await namesIn(await zipped([]))).toEqual([])
  })

  test('an error of a member ends it with that very error, and no other member is opened', async () => {
    const broken = new Error('the disk broke')
    const opened: string[] = []
    const opening = (name: string, error?: Error) =>
      aMember(name, 'x', {
        async *open() {
          opened.push(name)
          yield Buffer.from('x')
          if (error) throw error
        },
      })
    await expect(zipped([opening('a'), opening('b', broken), opening('c')])).rejects.toBe(broken)
    expect(opened).toEqual(['a', 'b'])
  })

  test('a member with another size than it said is an error', async () => {
    await expect(zipped([aMember('a', 'abc', { bytes: 4 })])).rejects.toThrow('unexpected number of bytes')
  })

  test('a name that no zip takes is an error', async () => {
    await expect(zipped([aMember('ok'), aMember('../a')])).rejects.toThrow('../a')
  })

  test('left early, it closes the member that is open', async () => {
    let closed = false
    const endless = aMember('a', '', {
      bytes: 2 ** 40,
      async *open() {
        try {
          for (;;) yield crypto.getRandomValues(Buffer.alloc(65_536))
        } finally {
          closed = true
        }
      },
    })
    for await (const piece of zip([endless])) if (piece.length > 1_000) break
    await new Promise(setImmediate)
    expect(closed).toBe(true)
  })
})

describe('a stored member', () => {
  test('holds its bytes as they are, and is read back', async () => {
    const content = 'again and again '.repeat(1_000)
    const [stored, packed] = [await zipped([aMember('a', content, { stored: true })]), await zipped([aMember('a', content)])]
    expect(stored.includes(content)).toBe(true)
    expect(packed.length).toBeLessThan(content.length / 10)
    expect((await unzipped(stored)).map(({ text }) => text)).toEqual([content])
  })
})

describe('unzip', () => {
  test('gives the files of a zip with their content, in its order', async () => {
    const bytes = await zipped([aMember('b/run.sh', 'exit', { executable: true }), aMember('a', 'text')])
    const found = await unzip(bytes)
    expect(found.map(({ name, bytes: content, executable }) => [name, Buffer.from(content).toString(), executable])).toEqual([
      ['b/run.sh', 'exit', true],
      ['a', 'text', false],
    ])
  })

  test('refuses what is no zip, or was cut short', async () => {
    const bytes = await zipped([aMember('a', 'text')])
    for (const wrong of [Buffer.from('no zip'), bytes.subarray(0, bytes.length - 30)])
      await expect(unzip(wrong)).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('names', () => {
  test('of a large directory, read in blocks', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `${'folder/'.repeat(10)}${index}`)
    expect(await namesIn(await zipped(many.map((name) => aMember(name, ''))))).toEqual(many)
  })

  test('as they are written, whatever they are', async () => {
    const bytes = await zipped([aMember('aaaa'), aMember('bbbb'), aMember('cccc')])
    for (const [safe, written] of [
      ['aaaa', '../x'],
      ['bbbb', 'b\\\n/'],
      ['cccc', '/abs'],
    ] as const) {
      for (let at = bytes.indexOf(safe); at >= 0; at = bytes.indexOf(safe, at + 1)) bytes.write(written, at)
    }
    expect(await namesIn(bytes)).toEqual(['../x', 'b\\\n/', '/abs'])
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello, I am a text of more than twenty-two bytes')],
    ['a gzip', Buffer.from('1f8b0800000000000003cb48cdc9c9070086a6103605000000', 'hex')],
  ])('a file with %s is no zip, and the message names it', async (_, bytes) => {
    await expect(namesIn(bytes)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/^'\/a\.zip' is not a zip that can be read: /),
    })
  })

  test('a zip that was cut anywhere is refused', async () => {
    const whole = await zipped([aMember('a'), aMember('b')])
    for (let length = 0; length < whole.length; length++) {
      await expect(namesIn(whole.subarray(0, length))).rejects.toMatchObject({ code: 'bad-input' })
    }
    expect(await namesIn(whole)).toEqual(['a', 'b'])
  })

  test('a directory that points beyond the end is refused', async () => {
    const bytes = await zipped([aMember('a')])
    bytes.writeUInt32LE(bytes.length + 5, bytes.length - 6)
    await expect(namesIn(bytes)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('ends too early') })
  })
})

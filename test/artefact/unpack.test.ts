import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { packArtefact } from '../../src/artefact/archive.ts'
import { excluding } from '../../src/artefact/exclude.ts'
import { unpackArchive } from '../../src/artefact/unpack.ts'
import { type Digest, digestOf } from '../../src/digest.ts'
import { TowpathError } from '../../src/errors.ts'
import { link, memoryFiles } from '../world/files.ts'
import { aPacking, bytesOf, unzipped } from './support.ts'

interface Entry {
  readonly name: string
  readonly type?: string
  readonly mode?: number
  readonly link?: string
  readonly text?: string
}

/** One entry of a tar as ustar writes it: what no honest tool would write can be written too. */
function entry({ name, type = '0', mode = 0o644, link: to = '', text = '' }: Entry): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(mode.toString(8).padStart(7, '0'), 100)
  header.write(Buffer.byteLength(text).toString(8).padStart(11, '0'), 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(to, 157)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\x00 `, 148)
  return Buffer.concat([header, Buffer.from(text), Buffer.alloc((512 - (Buffer.byteLength(text) % 512)) % 512)])
}

const tar = (...entries: readonly Entry[]): Buffer => gzipSync(Buffer.concat([...entries.map(entry), Buffer.alloc(1024)]))

/** Unpacks into `/new`, in a world with an action and a secret beside it. */
async function unpacked(archive: Uint8Array, digest: Digest = digestOf(archive), exclude: readonly string[] = []) {
  const files = memoryFiles({
    '/tmp/a.tar.gz': archive,
    '/actions/index.js': 'ours',
    '/etc/passwd': 'root',
    '/repo/link': link('/actions'),
  })
  const before = files.paths()
  const error = await unpackArchive(aPacking(files), '/tmp/a.tar.gz', digest, '/new', excluding(exclude)).then(
    () => undefined,
    (error: TowpathError) => error,
  )
  const text = async (path: string) => new TextDecoder().decode(await files.read(path))
  return { files, error, text, made: files.paths().filter((path) => !before.includes(path)) }
}

describe('what a build hands over', () => {
  test('is unpacked: files with their modes, links as what they lead to, long names', async () => {
    const long = `build/${'d'.repeat(120)}/x`
    const pax = `path=${long}\n`
    const record = `${pax.length + 4} ${pax}`
    const { text, made, files, error } = await unpacked(
      tar(
        { name: 'build/', type: '5' },
        { name: './build/index.js', text: 'code' },
        { name: 'build/bin/run', mode: 0o755, text: 'run' },
        { name: 'build/node_modules/.bin/run', type: '2', link: '../../bin/run' },
        { name: 'build/hard', type: '1', link: 'build/index.js' },
        { name: 'PaxHeader', type: 'x', text: record },
        { name: 'build/short', text: 'long' },
      ),
    )
    expect(error).toBeUndefined()
    expect(made).toEqual(
      [
        '/new/build/bin/run',
        `/new/build/${'d'.repeat(120)}/x`,
        '/new/build/hard',
        '/new/build/index.js',
        '/new/build/node_modules/.bin/run',
      ].sort(),
    )
    expect(await text('/new/build/node_modules/.bin/run')).toBe('run')
    expect(await files.facts('/new/build/node_modules/.bin/run')).toMatchObject({ kind: 'file', executable: true })
    expect(await text('/new/build/hard')).toBe('code')
    const archive = await packArtefact(aPacking(files), '/new', { path: 'build' })
    expect((await unzipped(await bytesOf(archive))).map(({ name, text }) => `${name} ${text}`)).toContain('index.js code')
  })

  test.each<[string, readonly Entry[], string]>([
    ['a name that leads out', [{ name: '../../actions/index.js', text: 'evil' }], "leads out of its folder with '..'"],
    ['a name that leads out further in', [{ name: 'build/../../actions/index.js', text: 'evil' }], 'leads out of its folder'],
    ['an absolute name', [{ name: '/actions/index.js', text: 'evil' }], 'is absolute'],
    [
      'a link out of the tree',
      [{ name: 'build/x', type: '2', link: '/etc/passwd' }],
      "is a link to no file of the archive, but to '/etc/passwd'",
    ],
    ['a link up', [{ name: 'build/x', type: '2', link: '../../etc/passwd' }], 'is a link to no file'],
    [
      'a link to a folder, and a file behind it',
      [
        { name: 'build/x', type: '2', link: '/actions' },
        { name: 'build/x/index.js', text: 'evil' },
      ],
      'is a link to no file',
    ],
    [
      'a link to a link',
      [
        { name: 'a', text: '' },
        { name: 'b', type: '2', link: 'a' },
        { name: 'c', type: '2', link: 'd' },
        { name: 'd', type: '2', link: 'a' },
      ],
      "'c' in the archive is a link to no file",
    ],
    ['a hard link out', [{ name: 'build/x', type: '1', link: '/etc/passwd' }], 'is a link to no file'],
    ['a device', [{ name: 'build/x', type: '3' }], 'a device, a socket or a pipe'],
    ['a pipe', [{ name: 'build/x', type: '6' }], 'a device, a socket or a pipe'],
    ['a set-user-id bit', [{ name: 'build/x', mode: 0o4755 }], 'set-user-id'],
    [
      'the same name twice',
      [
        { name: 'build/x', text: 'a' },
        { name: './build/x', text: 'b' },
      ],
      'is there twice',
    ],
  ])('is refused for %s, and writes nothing outside of its folder', async (_, entries, message) => {
    const { error, made, text } = await unpacked(tar(...entries))
    expect(error?.code).toBe('bad-input')
    expect([error?.message, ...(error?.problems ?? []).map(({ message }) => message)].join('\n')).toContain(message)
    expect(made.filter((path) => !path.startsWith('/new/'))).toEqual([])
    expect(await text('/actions/index.js')).toBe('ours')
  })

  test('may hold links that are not sound where exclude leaves them out', async () => {
    const archive = tar({ name: 'node_modules/x', type: '2', link: '../elsewhere' }, { name: 'index.js', text: 'x' })
    expect((await unpacked(archive, undefined, ['node_modules/**'])).error).toBeUndefined()
  })

  test.each<[string, Buffer]>([
    ['of another digest', tar({ name: 'x', text: 'y' })],
    ['that is cut short', tar({ name: 'x', text: 'y'.repeat(5_000) }).subarray(0, 40)],
    ['that is no gzip', Buffer.from('not at all')],
    ['whose headers are damaged', gzipSync(Buffer.alloc(2048, 'x'))],
    ['that ends within a file', gzipSync(entry({ name: 'x', text: 'y'.repeat(600) }).subarray(0, 700))],
  ])('is refused as one %s', async (what, archive) => {
    const { error, made } = await unpacked(archive, what === 'of another digest' ? digestOf('other') : undefined)
    expect(error).toBeInstanceOf(TowpathError)
    expect(error?.code).toBe('bad-input')
    if (what === 'of another digest') expect(made).toEqual([])
  })
})

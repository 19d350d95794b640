import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { nodeFiles } from '../../../src/adapters/node/files.ts'
import { plant } from '../../world/tree.ts'
import { filesContract } from './files.contract.ts'

const scratch = async () => realpath(await mkdtemp(join(tmpdir(), 'towpath-test-')))

filesContract('the real one', async (tree) => {
  const root = await scratch()
  await plant(root, tree)
  return { files: nodeFiles(), root, remove: () => rm(root, { recursive: true }) }
})

describe('on a real disk', () => {
  let root: string
  beforeEach(async () => {
    root = await scratch()
  })
  afterEach(() => rm(root, { recursive: true }))

  test('a temporary folder lies below the system one, for this user alone', async () => {
    const temporary = await nodeFiles().temporary()
    expect(temporary.path.startsWith(join(tmpdir(), 'towpath-'))).toBe(true)
    expect((await stat(temporary.path)).mode & 0o777).toBe(0o700)
    await temporary.remove()
  })

  test('any execute bit makes a file executable', async () => {
    await writeFile(join(root, 'run'), '')
    const executableWith = async (mode: number) => {
      await chmod(join(root, 'run'), mode)
      return (await nodeFiles().facts(join(root, 'run')))?.executable
    }
    expect(await executableWith(0o644)).toBe(false)
    for (const mode of [0o744, 0o654, 0o645, 0o755]) expect(await executableWith(mode)).toBe(true)
  })

  test('a reader sees the old file until the new one is whole', async () => {
    const path = join(root, 'file')
    await writeFile(path, 'old')
    async function* body() {
      yield Buffer.alloc(1_000_000)
      expect(await readFile(path, 'utf8')).toBe('old')
      expect(await readdir(root)).toHaveLength(2)
      yield Buffer.from('end')
    }
    await nodeFiles().writeStream(path, body())
    expect((await stat(path)).size).toBe(1_000_003)
    expect(await readdir(root)).toEqual(['file'])
  })

  test('many small pieces and large ones come out in order', async () => {
    const pieces = Array.from({ length: 20_000 }, (_, index) => Buffer.alloc(1 + (index % 61), index % 251))
    pieces.splice(100, 0, Buffer.alloc(600_000, 7))
    await nodeFiles().writeStream(
      join(root, 'file'),
      (async function* () {
        yield* pieces
      })(),
    )
    expect((await readFile(join(root, 'file'))).equals(Buffer.concat(pieces))).toBe(true)
  })

  test('a path that no file system takes is refused by name', async () => {
    await expect(nodeFiles().read('/a\0b')).rejects.toMatchObject({ code: 'bad-input', message: '"/a\\u0000b" is not a path' })
    const long = `/${'n'.repeat(300)}`
    await expect(nodeFiles().read(long)).rejects.toMatchObject({ code: 'bad-input', message: `'${long}' is too long a path` })
  })
})

describe('what is no file', () => {
  test.each(['/dev/zero', '/dev/null', '/dev/random'])('%s is refused unread', async (path) => {
    const files = nodeFiles()
    await expect(files.read(path)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('a device') })
    await expect(files.part(path, 0, 4)).rejects.toMatchObject({ code: 'bad-input' })
    await expect(Array.fromAsync(files.stream(path))).rejects.toMatchObject({ code: 'bad-input' })
  })

  test('a pipe is not waited for, and set-id bits are facts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'towpath-pipe-'))
    try {
      execFileSync('mkfifo', [join(folder, 'pipe')])
      await writeFile(join(folder, 'su'), '')
      await chmod(join(folder, 'su'), 0o4755)
      const files = nodeFiles()
      await expect(files.read(join(folder, 'pipe'))).rejects.toMatchObject({ code: 'bad-input' })
      await symlink(join(folder, 'pipe'), join(folder, 'link'))
      await expect(files.read(join(folder, 'link'))).rejects.toMatchObject({ code: 'bad-input' })
      expect(await files.facts(join(folder, 'su'))).toMatchObject({ setId: true })
      await expect(files.read(join(folder, 'su'), 0)).resolves.toHaveLength(0)
      await writeFile(join(folder, 'large'), 'x'.repeat(11))
      await expect(files.read(join(folder, 'large'), 10)).rejects.toMatchObject({ message: expect.stringContaining('has 11 bytes') })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

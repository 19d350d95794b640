import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../../src/errors.ts'
import type { Files } from '../../../src/ports/files.ts'
import { executable, folder, link, pipe, type Tree } from '../../world/files.ts'

/** A file system that holds a tree below `root`, with an empty temporary place. */
export interface Ground {
  readonly files: Files
  readonly root: string
  remove(): Promise<void>
}

const tree: Tree = {
  '/a.txt': 'hello',
  '/.hidden': '',
  '/bin/run': executable('#!/bin/sh\n'),
  '/bin/deep/er.txt': 'deep',
  '/empty': folder,
  '/pipe': pipe,
  '/links/up': link('../a.txt'),
  '/links/absolute': link('/a.txt'),
  '/links/twice': link('up'),
  '/links/folder': link('../bin'),
  '/links/dangling': link('nowhere'),
  '/links/circle': link('circle2'),
  '/links/circle2': link('circle'),
  '/links/itself/again': link('../itself'),
}

/** What every implementation of `Files` keeps. Run on the real file system and on the fake, so that the fake cannot lie. */
export function filesContract(name: string, ground: (tree: Tree) => Promise<Ground>): void {
  describe(`files contract: ${name}`, () => {
    let files: Files
    let at: (path: string) => string
    let remove: () => Promise<void>

    beforeEach(async () => {
      const made = await ground(tree)
      files = made.files
      at = (path) => `${made.root}${path}`
      remove = made.remove
    })
    afterEach(() => remove())

    const text = async (path: string) => new TextDecoder().decode(await files.read(at(path)))

    test('read gives the whole file, through links, and undefined where there is none', async () => {
      expect(await text('/a.txt')).toBe('hello')
      expect(await files.read(at('/.hidden'))).toHaveLength(0)
      expect(await text('/links/twice')).toBe('hello')
      expect(await text('/links/folder/deep/er.txt')).toBe('deep')
      expect(await files.read(at('/nothing'))).toBeUndefined()
      expect(await files.read(at('/links/dangling'))).toBeUndefined()
    })

    test('read refuses a folder, a path below a file and a circle, naming the path', async () => {
      for (const path of ['/bin', '/a.txt/below', '/links/circle'])
        expect(await refusal(files.read(at(path)))).toMatchObject(named(at(path)))
    })

    test('stream gives what read gives, and refuses what is not there', async () => {
      expect(await drained(files.stream(at('/links/up')))).toBe('hello')
      expect(await drained(files.stream(at('/.hidden')))).toBe('')
      expect(await refusal(drained(files.stream(at('/nothing'))))).toMatchObject(named(at('/nothing'), 'not-found'))
      expect(await refusal(drained(files.stream(at('/bin'))))).toMatchObject(named(at('/bin')))
    })

    test('stream opens the file anew each time, and can be left early', async () => {
      for await (const piece of files.stream(at('/a.txt'))) {
        expect(piece.length).toBe(5)
        break
      }
      expect(await drained(files.stream(at('/a.txt')))).toBe('hello')
    })

    test('part gives a piece from anywhere, shorter at the end', async () => {
      const part = async (from: number, bytes: number) => new TextDecoder().decode(await files.part(at('/a.txt'), from, bytes))
      expect(await part(0, 5)).toBe('hello')
      expect(await part(1, 3)).toBe('ell')
      expect(await part(3, 100)).toBe('lo')
      expect(await part(5, 1)).toBe('')
      expect(await part(1_000, 1)).toBe('')
      expect(await refusal(files.part(at('/nothing'), 0, 1))).toMatchObject(named(at('/nothing'), 'not-found'))
    })

    test('list tells what each entry is, follows a link to a folder, and gives undefined where there is none', async () => {
      const listed = async (path: string) => (await files.list(at(path)))?.map((entry) => `${entry.name} ${entry.kind}`).sort()
      expect(await listed('/')).toEqual(['.hidden file', 'a.txt file', 'bin folder', 'empty folder', 'links folder', 'pipe other'])
      expect(await listed('/empty')).toEqual([])
      expect(await listed('/links/folder')).toEqual(['deep folder', 'run file'])
      expect(await listed('/links')).toContain('dangling link')
      expect(await listed('/nothing')).toBeUndefined()
      expect(await refusal(files.list(at('/a.txt')))).toMatchObject(named(at('/a.txt')))
    })

    test('facts are of the path itself', async () => {
      expect(await files.facts(at('/a.txt'))).toEqual({ kind: 'file', bytes: 5, executable: false })
      expect(await files.facts(at('/bin/run'))).toEqual({ kind: 'file', bytes: 10, executable: true })
      expect(await files.facts(at('/bin'))).toEqual({ kind: 'folder', bytes: 0, executable: false })
      expect(await files.facts(at('/pipe'))).toEqual({ kind: 'other', bytes: 0, executable: false })
      for (const name of ['up', 'dangling', 'circle']) {
        expect(await files.facts(at(`/links/${name}`))).toEqual({ kind: 'link', bytes: 0, executable: false })
      }
      for (const path of ['/nothing', '/a.txt/below', '/links/circle/below']) expect(await files.facts(at(path))).toBeUndefined()
    })

    test('resolve follows links to the end', async () => {
      expect(await files.resolve(at('/a.txt'))).toBe(at('/a.txt'))
      expect(await files.resolve(at('/links/up'))).toBe(at('/a.txt'))
      expect(await files.resolve(at('/links/absolute'))).toBe(at('/a.txt'))
      expect(await files.resolve(at('/links/twice'))).toBe(at('/a.txt'))
      expect(await files.resolve(at('/links/folder/deep/er.txt'))).toBe(at('/bin/deep/er.txt'))
      expect(await files.resolve(at('/links/itself/again/again'))).toBe(at('/links/itself'))
      for (const path of ['/links/dangling', '/links/circle', '/nothing', '/a.txt/below', '/links/circle/below']) {
        expect(await files.resolve(at(path))).toBeUndefined()
      }
    })

    test('write makes the folders, and replaces a file whole', async () => {
      await files.write(at('/new/deep/file'), 'first')
      await files.write(at('/new/deep/file'), new TextEncoder().encode('2'))
      expect(await text('/new/deep/file')).toBe('2')
      expect(await files.list(at('/new/deep'))).toEqual([{ name: 'file', kind: 'file' }])
    })

    test('write goes through a link to a folder, and replaces a link to a file', async () => {
      await files.write(at('/links/folder/new/file'), 'x')
      expect(await text('/bin/new/file')).toBe('x')
      await files.write(at('/links/up'), 'x')
      expect(await text('/a.txt')).toBe('hello')
      expect(await files.facts(at('/links/up'))).toMatchObject({ kind: 'file' })
    })

    test('write refuses to replace a folder or to go below a file, and leaves nothing behind', async () => {
      expect(await refusal(files.write(at('/bin'), 'x'))).toMatchObject(named(at('/bin')))
      expect(await refusal(files.write(at('/a.txt/below'), 'x'))).toMatchObject(named(at('/a.txt')))
      expect(await files.list(at('/'))).toHaveLength(6)
    })

    test('writeStream writes the pieces in order', async () => {
      await files.writeStream(at('/new/file'), piecesOf('one ', '', 'two'))
      expect(await text('/new/file')).toBe('one two')
    })

    test('writeStream that ends in an error passes it on and changes nothing', async () => {
      const broken = new Error('the source broke')
      async function* source() {
        yield* piecesOf('half')
        throw broken
      }
      await expect(files.writeStream(at('/a.txt'), source())).rejects.toBe(broken)
      expect(await text('/a.txt')).toBe('hello')
      expect(await files.list(at('/'))).toHaveLength(6)
    })

    test('a temporary folder is empty, its own, and gone after remove, which may be called twice', async () => {
      const [one, two] = await Promise.all([files.temporary(), files.temporary()])
      expect(one.path).not.toBe(two.path)
      expect(one.path).toMatch(/\/towpath-[^/]+$/)
      expect(await files.list(one.path)).toEqual([])
      await files.write(`${one.path}/deep/file`, 'x')
      await one.remove()
      await one.remove()
      expect(await files.facts(one.path)).toBeUndefined()
      expect(await files.facts(two.path)).toMatchObject({ kind: 'folder' })
      await two.remove()
    })
  })
}

function named(path: string, code = 'bad-input') {
  return { code, message: expect.stringContaining(path) }
}

async function refusal(work: Promise<unknown>): Promise<TowpathError> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(error instanceof TowpathError)) throw new Error(`expected a TowpathError, got ${String(error)}`)
  return error
}

async function* piecesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text)
}

async function drained(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += new TextDecoder().decode(piece)
  return text
}

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { packArtefact, packFolder } from '../../src/artefact/archive.ts'
import { collisions } from '../../src/artefact/collisions.ts'
import { nameFault } from '../../src/artefact/names.ts'
import { digestOf } from '../../src/digest.ts'
import { executable, failing, folder, link, memoryFiles, pipe, type Tree } from '../world/files.ts'
import { aPacking, bytesOf, unzipped } from './support.ts'

const tree: Tree = {
  '/svc/build/index.js': 'export {}\n',
  '/svc/build/.env': '',
  '/svc/build/bin/run': executable('#!/bin/sh\n'),
  '/svc/build/bin/start': link('run'),
  '/svc/build/large': 'x'.repeat(300_000),
  '/svc/build/empty': folder,
  '/svc/current': link('build'),
}

const pack = (files = memoryFiles(tree), path = 'build', exclude: string[] = []) => packArtefact(aPacking(files), '/svc', { path, exclude })

describe('a folder becomes a zip', () => {
  test('with every file, its mode, and one time for all', async () => {
    const time = new Date('1980-01-01T00:00:00Z')
    expect(await unzipped(await bytesOf(await pack()))).toEqual([
      { name: '.env', text: '', mode: '100644', time },
      { name: 'bin/run', text: '#!/bin/sh\n', mode: '100755', time },
      { name: 'bin/start', text: '#!/bin/sh\n', mode: '100755', time },
      { name: 'index.js', text: 'export {}\n', mode: '100644', time },
      { name: 'large', text: 'x'.repeat(300_000), mode: '100644', time },
    ])
  })

  test('measured while it is written', async () => {
    const archive = await pack()
    const bytes = await bytesOf(archive)
    expect(archive).toMatchObject({ digest: digestOf(bytes), bytes: bytes.length, members: 5 })
    expect(archive.body).toMatchObject({ digest: archive.digest, bytes: archive.bytes })
    expect(await bytesOf(archive)).toEqual(bytes)
  })

  test('in a temporary file that remove deletes', async () => {
    const files = memoryFiles(tree)
    const before = files.paths()
    const archive = await pack(files)
    expect(files.paths()).toHaveLength(before.length + 1)
    await archive.remove()
    await archive.remove()
    expect(files.paths()).toEqual(before)
  })

  test('the same by an absolute path, and refused over a link, wherever it leads', async () => {
    const { digest } = await pack()
    expect((await pack(undefined, '/svc/build')).digest).toBe(digest)
    await expect(pack(undefined, 'current')).rejects.toMatchObject({
      code: 'bad-input',
      message: 'artefact.path is a link to a folder',
    })
  })

  test('without what is excluded', async () => {
    const archive = await pack(undefined, 'build', ['bin/**', '.*'])
    expect((await unzipped(await bytesOf(archive))).map((file) => file.name)).toEqual(['index.js', 'large'])
  })
})

describe('an artefact that is not there', () => {
  const refused = (over: Tree, path = 'build', build?: string, exclude?: string[]) =>
    expect(packArtefact(aPacking(memoryFiles(over)), '/svc', { path, ...(build && { build }), ...(exclude && { exclude }) })).rejects

  test('is refused with its path and the build to run', async () => {
    await refused({ '/svc/service.yml': '' }, 'build', 'npm ci && npm run build').toMatchObject({
      code: 'bad-input',
      message: "no artefact at '/svc/build'",
      hint: 'run the build first: npm ci && npm run build',
    })
  })

  test('or, without a build, what to look at', async () => {
    await refused({}).toMatchObject({ message: "no artefact at '/svc/build'", hint: 'build the service first, or correct artefact.path' })
  })

  test('because its link dangles', async () => {
    await refused({ '/svc/build': link('gone') }).toMatchObject({ message: "no artefact at '/svc/build'" })
  })

  test('because it is empty, if only of files', async () => {
    await refused({ '/svc/build/empty': folder }, 'build', 'make').toMatchObject({
      code: 'bad-input',
      message: "the artefact '/svc/build' holds no file",
      hint: 'run the build first: make',
    })
  })

  test('because everything is excluded', async () => {
    await refused({ '/svc/build/a': '' }, 'build', 'make', ['**']).toMatchObject({
      message: "the artefact '/svc/build' holds no file that artefact.exclude does not leave out",
    })
  })

  test('because it is a pipe', async () => {
    await refused({ '/svc/build': pipe }).toMatchObject({ message: "artefact.path '/svc/build' is neither a folder nor a zip" })
  })
})

describe('packing that fails leaves nothing temporary', () => {
  const leaves = async (files: ReturnType<typeof memoryFiles>, over = {}) => {
    const before = files.paths()
    const error = await packArtefact(aPacking(files, over), '/svc', { path: 'build' }).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(files.paths()).toEqual(before)
    return error
  }

  test('when a file cannot be read', async () => {
    const broken = new Error('input/output error')
    expect(await leaves(memoryFiles({ ...tree, '/svc/build/m': failing(broken) }))).toBe(broken)
  })

  test('when the disk is full', async () => {
    expect(await leaves(memoryFiles(tree, { space: 100 }))).toMatchObject({ code: 'failed' })
  })

  test.each(['', 'x'.repeat(299_999), 'x'.repeat(300_001)])('when a file changes its size meanwhile', async (now) => {
    const files = memoryFiles(tree)
    const temporary = () => {
      files.put('/svc/build/large', now)
      return files.temporary()
    }
    const changing = { ...files, temporary }
    const error = await packArtefact(aPacking(changing), '/svc', { path: 'build' }).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'bad-input', message: "'/svc/build/large' changed its size while it was packed" })
    expect(files.paths().filter((path) => path.startsWith('/tmp'))).toEqual([])
  })

  test('when somebody asks to stop', async () => {
    const reason = new Error('interrupted')
    expect(await leaves(memoryFiles(tree), { interrupted: AbortSignal.abort(reason) })).toBe(reason)
  })
})

describe('a small folder', () => {
  const archiver = aPacking(memoryFiles()).archiver

  test('is zipped in memory, to the same bytes', async () => {
    const { digest, bytes } = await packFolder(memoryFiles(tree), archiver, '/svc/current')
    expect(digest).toBe(digestOf(bytes))
    expect(digest).toBe((await pack()).digest)
  })

  test('is refused if it is missing or empty, by its path', async () => {
    const refusal = { code: 'bad-input', message: "the folder '/roles/nginx' holds no file" }
    await expect(packFolder(memoryFiles(), archiver, '/roles/nginx')).rejects.toMatchObject(refusal)
    await expect(packFolder(memoryFiles({ '/roles/nginx/tasks': folder }), archiver, '/roles/nginx')).rejects.toMatchObject(refusal)
  })
})

describe('the bytes depend on names, contents and modes alone', () => {
  const step = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((text) => !text.includes('/') && text !== '.' && nameFault(text) === undefined)
  const trees = fc.dictionary(
    fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/')),
    fc.record({ content: fc.uint8Array({ maxLength: 2_000 }), runs: fc.boolean() }),
    { minKeys: 1, maxKeys: 6 },
  )

  test('not on the order they were made in, nor on the pieces they are read in; and all comes back', async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.integer({ min: 1, max: 3_000 }), async (made, pieceBytes) => {
        fc.pre(collisions(Object.keys(made)).length === 0)
        const files = Object.entries(made).map(
          ([name, { content, runs }]) => [`/svc/build/${name}`, runs ? executable(content) : content] as const,
        )
        const one = await pack(memoryFiles(Object.fromEntries(files)))
        const two = await pack(memoryFiles(Object.fromEntries(files.toReversed()), { pieceBytes }))
        expect(two.digest).toBe(one.digest)
        expect(await unzipped(await bytesOf(one))).toHaveLength(files.length)
      }),
      { numRuns: 100 },
    )
  })

  test('but on each of those', async () => {
    const digestWith = async (over: Tree) => (await pack(memoryFiles({ ...tree, ...over }))).digest
    const digests = await Promise.all([
      digestWith({}),
      digestWith({ '/svc/build/index.js': 'export {};' }),
      digestWith({ '/svc/build/index.js': executable('export {}\n') }),
      digestWith({ '/svc/build/more': '' }),
    ])
    expect(new Set(digests).size).toBe(4)
  })
})

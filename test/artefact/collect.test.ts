import { describe, expect, test } from '@jest/globals'
import { collect } from '../../src/artefact/collect.ts'
import { excluding } from '../../src/artefact/exclude.ts'
import { TowpathError } from '../../src/errors.ts'
import { executable, failing, folder, link, memoryFiles, pipe, type Tree } from '../world/files.ts'

const collected = (tree: Tree, ...exclude: string[]) => collect(memoryFiles(tree), '/app', excluding(exclude))

async function namesOf(tree: Tree, ...exclude: string[]) {
  return (await collected(tree, ...exclude)).members.map((member) => member.name)
}

async function problemsOf(tree: Tree): Promise<readonly string[]> {
  const error = await collected(tree).catch((error: unknown) => error)
  if (!(error instanceof TowpathError)) throw new Error(`expected a refusal, got ${JSON.stringify(error)}`)
  expect(error.code).toBe('bad-input')
  return error.problems.map((problem) => `${problem.file}: ${problem.message}`)
}

describe('what is collected', () => {
  test('every file, dotfiles included, in the order of its name, not of the walk', async () => {
    const tree = { '/app/b/x': '', '/app/b-c': '', '/app/.env': '', '/app/a': '', '/app/Z': '', '/app/b.d/.git/x': '', '/other/x': '' }
    expect(await namesOf(tree)).toEqual(['.env', 'Z', 'a', 'b-c', 'b.d/.git/x', 'b/x'])
    expect(await namesOf(Object.fromEntries(Object.entries(tree).reverse()))).toEqual(await namesOf(tree))
  })

  test('its size, whether it is executable, where it is', async () => {
    expect(await collected({ '/app/run': executable('12345'), '/app/läuft': 'é' })).toEqual({
      members: [
        { name: 'läuft', path: '/app/läuft', bytes: 2, executable: false },
        { name: 'run', path: '/app/run', bytes: 5, executable: true },
      ],
      excluded: 0,
    })
  })

  test('no folders, so an empty one is not there', async () => {
    expect(await namesOf({ '/app/a': '', '/app/empty': folder, '/app/deep/empty': folder })).toEqual(['a'])
  })
})

describe('what is excluded', () => {
  test('files by pattern, counted', async () => {
    const { members, excluded } = await collected({ '/app/a.js': '', '/app/a.map': '', '/app/lib/b.map': '' }, '**/*.map')
    expect(members.map((member) => member.name)).toEqual(['a.js'])
    expect(excluded).toBe(2)
  })

  test('an excluded folder is not walked, and nothing excluded is a problem', async () => {
    const files = memoryFiles({ '/app/a': '', '/app/node_modules/x': '', '/app/socket': pipe, '/app/out': link('/etc'), '/app/b\\d': '' })
    const listed: string[] = []
    const list = (path: string) => {
      listed.push(path)
      return files.list(path)
    }
    const watching = { ...files, list }
    const { members } = await collect(watching, '/app', excluding(['node_modules/**', 'socket', 'out', 'b?d']))
    expect(members.map((member) => member.name)).toEqual(['a'])
    expect(listed).toEqual(['/app'])
  })
})

describe('links', () => {
  test('a link to a file inside is stored as that file', async () => {
    const tree = { '/app/real': executable('12'), '/app/deep/up': link('../real'), '/app/abs': link('/app/deep/up') }
    expect((await collected(tree)).members).toEqual([
      { name: 'abs', path: '/app/real', bytes: 2, executable: true },
      { name: 'deep/up', path: '/app/real', bytes: 2, executable: true },
      { name: 'real', path: '/app/real', bytes: 2, executable: true },
    ])
  })

  test.each([
    ['leaves the tree', link('/etc/passwd'), "'deep/it' is a link that leaves the folder, to '/etc/passwd'"],
    ['leaves the tree by ..', link('../../etc/passwd'), "'deep/it' is a link that leaves the folder, to '/etc/passwd'"],
    ['leads to a neighbour whose name begins the same', link('/app2/x'), "'deep/it' is a link that leaves the folder, to '/app2/x'"],
    ['leaves through another link', link('../way/passwd'), "'deep/it' is a link that leaves the folder, to '/etc/passwd'"],
    ['dangles', link('nowhere'), "'deep/it' is a link that dangles or runs in a circle"],
    ['runs in a circle', link('it'), "'deep/it' is a link that dangles or runs in a circle"],
    ['leads to a folder', link('.'), "'deep/it' is a link to a folder"],
    ['leads to the root', link('..'), "'deep/it' is a link to a folder"],
    ['leads to a device', link('../pipe'), "'deep/it' leads to a device, a socket or a pipe"],
  ])('a link that %s is refused', async (_, node, message) => {
    const tree = { '/app/a': '', '/app/deep/it': node, '/app/way': link('/etc'), '/app/pipe': pipe, '/etc/passwd': 'x', '/app2/x': 'x' }
    expect(await problemsOf(tree)).toContain(`/app/deep/it: ${message}`)
  })
})

describe('what is refused', () => {
  test('devices, sockets and pipes', async () => {
    expect(await problemsOf({ '/app/deep/pipe': pipe })).toEqual([
      "/app/deep/pipe: 'deep/pipe' is neither file nor folder, but a device, a socket or a pipe",
    ])
  })

  test('a set-id bit', async () => {
    expect(await problemsOf({ '/app/su': { kind: 'file', content: 'x', executable: true, setId: true } })).toEqual([
      "/app/su: 'su' has a set-user-id or set-group-id bit",
    ])
  })

  test('names that do not travel, shown so that they can do no harm', async () => {
    expect(await problemsOf({ '/app/a\\b': '', '/app/x\n::error::y/deep': '', '/app/c:d/e': '' })).toEqual([
      "/app/a\\b: the name 'a\\b' holds a backslash",
      "/app/c:d: the name 'c:d' is absolute",
      "/app/x\\u{a}::error::y: the name 'x\\u{a}::error::y' holds a control character",
    ])
  })

  test('names that collide, both named', async () => {
    expect(await problemsOf({ '/app/lib/Straße': '', '/app/lib/STRASSE': '', '/app/\u00e9': '', '/app/e\u0301': '' })).toEqual([
      "/app/lib/Straße: 'lib/Straße' and 'lib/STRASSE' are one name where case or Unicode form does not count",
      "/app/\u00e9: '\u00e9' and 'e\u0301' are one name where case or Unicode form does not count",
    ])
  })

  test('all of it at once, in the order of the names', async () => {
    const tree = { '/app/z': pipe, '/app/b/a\\': '', '/app/out': link('/'), '/app/A': '', '/app/a': '', '/app/b/p': pipe }
    const problems = await problemsOf(tree)
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['/app/b/a\\', '/app/b/p', '/app/out', '/app/z', '/app/a'])
    expect(await problemsOf(Object.fromEntries(Object.entries(tree).reverse()))).toEqual(problems)
  })

  test('a file that vanishes while the folder is read', async () => {
    const files = memoryFiles({ '/app/a': '' })
    await expect(collect({ ...files, facts: async () => undefined }, '/app')).rejects.toMatchObject({
      message: "'a' vanished while the folder was read",
    })
  })
})

test('collecting opens no file', async () => {
  expect(await namesOf({ '/app/a': failing(new Error('opened')) })).toEqual(['a'])
})

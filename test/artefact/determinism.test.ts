import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, realpath, rm, symlink, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { nodeFiles } from '../../src/adapters/node/files.ts'
import { packArtefact } from '../../src/artefact/archive.ts'
import { executable, link, memoryFiles, type Tree } from '../world/files.ts'
import { plant } from '../world/tree.ts'
import { aPacking, bytesOf, unzipped } from './support.ts'

const tree: Tree = {
  '/index.js': 'console.log(1)\n'.repeat(20_000),
  '/.config/a': 'a',
  '/bin/run': executable('#!/bin/sh\n'),
  '/bin/alias': link('run'),
  '/node_modules/.bin/x': executable('x'),
  '/läuft': '',
}

let scratch: string
beforeAll(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), 'towpath-test-')))
})
afterAll(() => rm(scratch, { recursive: true }))

async function planted(name: string, entries: [string, Tree[string]][]): Promise<string> {
  await plant(join(scratch, name), Object.fromEntries(entries))
  return join(scratch, name)
}

async function digestOfFolder(folder: string): Promise<string> {
  const archive = await packArtefact(aPacking(nodeFiles()), folder, { path: '.' })
  await archive.remove()
  return archive.digest
}

/** Packs in a process of its own, in a time zone and under a umask. */
async function packedElsewhere(folder: string, zone: string, umask = '022'): Promise<{ digest: string; hour: string }> {
  const script = join(import.meta.dirname, 'print-digest.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder, umask], { env: { ...process.env, TZ: zone } })
  const [digest = '', hour = ''] = stdout.split(' ')
  return { digest, hour }
}

describe('the same tree on disk gives the same digest', () => {
  let plain: string
  let digest: string
  beforeAll(async () => {
    plain = await planted('plain', Object.entries(tree))
    digest = await digestOfFolder(plain)
  })

  test('as the same tree in memory', async () => {
    const files = memoryFiles(Object.fromEntries(Object.entries(tree).map(([path, node]) => [`/svc${path}`, node])))
    expect((await packArtefact(aPacking(files), '/svc', { path: '.' })).digest).toBe(digest)
  })

  test('whatever order it was made in', async () => {
    expect(await digestOfFolder(await planted('reversed', Object.entries(tree).reverse()))).toBe(digest)
  })

  test('whatever its times are', async () => {
    const folder = await planted('old', Object.entries(tree))
    for (const name of await readdir(folder, { recursive: true }))
      await utimes(join(folder, name), 1_000_000_000, 1_000_000_000 + name.length)
    expect(await digestOfFolder(folder)).toBe(digest)
  })

  test('whatever umask it was made under', async () => {
    const folder = await planted('private', Object.entries(tree))
    await chmod(join(folder, 'index.js'), 0o600)
    await chmod(join(folder, '.config/a'), 0o664)
    await chmod(join(folder, 'bin/run'), 0o700)
    await chmod(join(folder, 'bin'), 0o711)
    expect(await digestOfFolder(folder)).toBe(digest)
  })

  test('whatever umask it is packed under', async () => {
    expect((await packedElsewhere(plain, 'UTC', '077')).digest).toBe(digest)
  })

  test('through a link to it', async () => {
    await symlink(plain, join(scratch, 'alias'))
    expect(await digestOfFolder(join(scratch, 'alias'))).toBe(digest)
  })

  test('in any time zone', async () => {
    const zones = ['UTC', 'Asia/Tokyo', 'America/New_York', 'Pacific/Apia', 'Asia/Kathmandu']
    const runs = await Promise.all(zones.map((zone) => packedElsewhere(plain, zone)))
    expect(runs.map((run) => run.digest)).toEqual(zones.map(() => digest))
    expect(new Set(runs.map((run) => run.hour)).size).toBe(zones.length)
  })

  test('but not if a file may be executed now, or is named in another case (canary)', async () => {
    const folder = await planted('other', Object.entries(tree))
    await chmod(join(folder, 'index.js'), 0o755)
    expect(await digestOfFolder(folder)).not.toBe(digest)
    const { '/läuft': content = '', ...rest } = tree
    expect(await digestOfFolder(await planted('case', [...Object.entries(rest), ['/Läuft', content]]))).not.toBe(digest)
  })

  test('and comes back as it was', async () => {
    const archive = await packArtefact(aPacking(nodeFiles()), plain, { path: '.' })
    const found = await unzipped(await bytesOf(archive))
    await archive.remove()
    expect(found.map(({ name, mode }) => `${mode} ${name}`)).toEqual([
      '100644 .config/a',
      '100755 bin/alias',
      '100755 bin/run',
      '100644 index.js',
      '100644 läuft',
      '100755 node_modules/.bin/x',
    ])
  })
})

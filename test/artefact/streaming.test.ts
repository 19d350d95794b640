import { describe, expect, test } from '@jest/globals'
import { packArtefact } from '../../src/artefact/archive.ts'
import type { Archiver } from '../../src/artefact/archiver.ts'
import type { Files } from '../../src/ports/files.ts'
import { memoryFiles } from '../world/files.ts'
import { aPacking } from './support.ts'

const MB = 1024 * 1024

/** Bytes that deflate cannot shrink, so that what goes in must come out. */
function noise(bytes: number): Uint8Array {
  const content = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(content.subarray(at, Math.min(bytes, at + 65_536)))
  return content
}

/** Watches a file system: how many files are open at most, and how many bytes are read but not yet written. The writer is slow. */
function watched(files: Files) {
  const most = { open: 0, outstanding: 0 }
  let open = 0
  let outstanding = 0
  const watching: Files = {
    ...files,
    async *stream(path) {
      most.open = Math.max(most.open, ++open)
      try {
        for await (const piece of files.stream(path)) {
          outstanding += piece.length
          most.outstanding = Math.max(most.outstanding, outstanding)
          yield piece
        }
      } finally {
        open--
      }
    },
    async writeStream(_path, body) {
      for await (const piece of body) {
        outstanding -= piece.length
        await new Promise(setImmediate)
      }
    },
  }
  return { files: watching, most, openNow: () => open }
}

async function packWatched(count: number, bytes: number, over: { archiver?: Archiver } = {}) {
  const content = noise(bytes)
  const tree = Object.fromEntries(Array.from({ length: count }, (_, index) => [`/svc/build/${index}`, content]))
  const world = watched(memoryFiles(tree))
  await packArtefact(aPacking(world.files, over), '/svc', { path: 'build' })
  return { ...world.most, openAfter: world.openNow() }
}

describe('an artefact is packed in pieces', () => {
  test('few large files: little is held, one is open', async () => {
    const { open, outstanding, openAfter } = await packWatched(4, 4 * MB)
    expect(outstanding).toBeLessThan(2 * MB)
    expect({ open, openAfter }).toEqual({ open: 1, openAfter: 0 })
  })

  test('many small files: little is held, one is open', async () => {
    const { open, outstanding, openAfter } = await packWatched(300, 52_000)
    expect(outstanding).toBeLessThan(2 * MB)
    expect({ open, openAfter }).toEqual({ open: 1, openAfter: 0 })
  })

  test('an archiver that gathers before it gives is caught (canary)', async () => {
    const { archiver } = aPacking(memoryFiles())
    const greedy: Archiver = {
      ...archiver,
      async *zip(members) {
        yield* await Array.fromAsync(archiver.zip(members))
      },
    }
    expect((await packWatched(4, 4 * MB, { archiver: greedy })).outstanding).toBeGreaterThan(15 * MB)
  })
})

describe('progress', () => {
  async function reports(sizes: readonly number[]) {
    const tree = Object.fromEntries(sizes.map((size, index) => [`/svc/build/${index}`, new Uint8Array(size)]))
    const told: string[] = []
    const log = {
      info() {},
      warn() {},
      progress: (what: string, done: number, total: number) => void told.push(`${what}: ${done} of ${total}`),
    }
    await packArtefact(aPacking(memoryFiles(tree), { log }), '/svc', { path: 'build' })
    return told
  }

  test('is told every 8 MiB, and once at the end', async () => {
    const whole = 20 * MB
    expect(await reports([9 * MB, 11 * MB])).toEqual([8 * MB, 16 * MB, whole].map((done) => `packing the artefact: ${done} of ${whole}`))
  })

  test('is told once for a small artefact, and not at all for empty files', async () => {
    expect(await reports([100, 100])).toEqual(['packing the artefact: 200 of 200'])
    expect(await reports([0, 0])).toEqual([])
  })
})

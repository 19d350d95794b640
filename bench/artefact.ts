/**
 * Packs a gigabyte twice, as 64 files of 16 MB and as 20,000 files of 52 kB, and prints bytes, seconds and peak memory; then 2,000 small
 * roles. Each tree is packed in a process of its own, since a peak is a process's. The baseline of the same run is deflate alone on the
 * same bytes. `node bench/artefact.ts [share]`, where a share of 0.1 packs a tenth. Nothing is left behind.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createDeflateRaw } from 'node:zlib'
import { nodeFiles } from '../src/adapters/node/files.ts'
import { nodeArchiver } from '../src/adapters/node/zip.ts'
import { packArtefact, packFolder } from '../src/artefact/archive.ts'
import { collect } from '../src/artefact/collect.ts'
import { silent } from '../src/log.ts'

const files = nodeFiles()
const archiver = nodeArchiver()

const measurements: Readonly<Record<string, (folder: string) => Promise<string>>> = {
  async pack(folder) {
    const archive = await packArtefact({ files, archiver, log: silent }, folder, { path: '.' })
    await archive.remove()
    return `${archive.members} files, zip of ${archive.bytes} bytes`
  },
  async deflate(folder) {
    const { members } = await collect(files, folder)
    let bytes = 0
    for (const member of members) {
      await pipeline(files.stream(member.path), createDeflateRaw({ level: 6 }), async (pieces) => {
        for await (const piece of pieces) bytes += piece.length
      })
    }
    return `${members.length} files, ${bytes} bytes deflated`
  },
  async roles(folder) {
    const roles = (await files.list(folder)) ?? []
    for (const role of roles) await packFolder(files, archiver, join(folder, role.name))
    return `${roles.length} roles`
  },
}

/** Runs one measurement in a process of its own. */
function measured(what: string, folder: string): void {
  process.stdout.write(execFileSync(process.execPath, [import.meta.filename, `--${what}`, folder], { encoding: 'utf8' }))
}

async function measureHere(what: string, folder: string): Promise<void> {
  const start = performance.now()
  const told = await measurements[what]?.(folder)
  const seconds = ((performance.now() - start) / 1_000).toFixed(1)
  console.log(`  ${what.padEnd(8)} ${seconds.padStart(6)} s  ${Math.round(process.resourceUsage().maxRSS / 1_024)} MB peak  ${told}`)
}

/** Half noise, half repetition: deflate has to work, and to write. */
function content(bytes: number): Buffer {
  const piece = Buffer.alloc(bytes, 'The towpath is everybody’s. ')
  for (let at = 0; at < bytes; at += 2_048) crypto.getRandomValues(piece.subarray(at, Math.min(bytes, at + 1_024)))
  return piece
}

async function plant(folder: string, count: number, bytes: number): Promise<void> {
  const piece = content(Math.min(bytes, 1024 * 1024))
  for (let index = 0; index < count; index++) {
    const place = join(folder, `${Math.floor(index / 200)}`)
    await mkdir(place, { recursive: true })
    const file = await open(join(place, `file-${index}`), 'wx')
    for (let left = bytes; left > 0; left -= piece.length) {
      piece.writeUInt32LE(index)
      await file.write(piece, 0, Math.min(left, piece.length))
    }
    await file.close()
  }
}

async function bench(share: number): Promise<void> {
  console.log(`Node ${process.version}, ${process.arch}`)
  await inScratch('64 files of 16 MB', async (folder) => {
    await plant(folder, 64 * share, 16 * 1024 * 1024)
    for (const what of ['deflate', 'pack']) measured(what, folder)
  })
  await inScratch('20,000 files of 52 kB', async (folder) => {
    await plant(folder, 20_000 * share, 52_000)
    for (const what of ['deflate', 'pack']) measured(what, folder)
  })
  await inScratch('2,000 roles of 4 files', async (folder) => {
    for (let role = 0; role < 2_000 * share; role++) await plantRole(join(folder, `role-${role}`))
    measured('roles', folder)
  })
}

async function plantRole(folder: string): Promise<void> {
  for (const name of ['tasks/main.yml', 'handlers/main.yml', 'defaults/main.yml', 'templates/site.conf.j2']) {
    await files.write(join(folder, name), content(1_000))
  }
}

async function inScratch(title: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-bench-'))
  console.log(title)
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const [first = '1', folder] = process.argv.slice(2)
if (folder) await measureHere(first.slice(2), folder)
else await bench(Number(first))

/**
 * Packs an artefact of 500 MB, and puts it together with 40 roles into a bundle; prints seconds and peak memory of both, and their ratio.
 * Each runs in a process of its own, since a peak is a process's: the first packs, the second packs and assembles. Three times, in turn.
 * `node bench/bundle.ts [share]`, where a share of 0.1 takes a tenth. Nothing is left behind.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFiles } from '../src/adapters/node/files.ts'
import { nodeArchiver } from '../src/adapters/node/zip.ts'
import { packArtefact, packFolder } from '../src/artefact/archive.ts'
import { type Digest, digestOf } from '../src/digest.ts'
import { silent } from '../src/log.ts'
import { assembleBundle } from '../src/playbook/bundle.ts'
import { inspectPlaybook } from '../src/playbook/inspect.ts'
import { platformTree, serviceTree } from '../src/playbook/tree.ts'

const files = nodeFiles()
const archiver = nodeArchiver()
const packing = { files, archiver, log: silent }
const ROLES = 40
const TIMES = 3

/** What one process measured. */
interface Measured {
  readonly seconds: number
  readonly megabytes: number
  readonly bytes: number
}

async function pack(folder: string): Promise<number> {
  const archive = await packArtefact(packing, folder, { path: 'artefact' })
  await archive.remove()
  return archive.bytes
}

/** As `create-release` does: the artefact is packed, the platform's roles are read, all is put together. */
async function bundle(folder: string): Promise<number> {
  const contents = new Map<Digest, Uint8Array>()
  const roles: Record<string, Digest> = {}
  for (const { name } of (await files.list(join(folder, 'roles'))) ?? []) {
    const { digest, bytes } = await packFolder(files, archiver, join(folder, 'roles', name))
    roles[name] = digest
    contents.set(digest, bytes)
  }
  const playbook = Buffer.from(`- hosts: all\n  roles: [${Object.keys(roles).join(', ')}]\n`)
  contents.set(digestOf(playbook), playbook)
  const archive = await packArtefact(packing, folder, { path: 'artefact' })
  const platform = await platformTree(archiver, {
    playbooks: { 'ansible/platform.yml': digestOf(playbook) },
    roles,
    shown: (path) => path,
    content: async (digest) => contents.get(digest) ?? Buffer.alloc(0),
  })
  const { tree: service } = await serviceTree(files, folder)
  const asked = { source: { file: 'service.yml', position: () => ({ line: 1, column: 1 }) }, offset: 0 }
  const parts = { playbook: 'ansible/platform.yml', platform, service, variables: new Map(), asked, descriptor: 'platform.yml' }
  const inspected = await inspectPlaybook(parts)
  if (inspected.problems.length > 0) throw new Error(JSON.stringify(inspected.problems[0]))
  const made = await assembleBundle(packing, {
    service: 'bench',
    platform: { name: 'bench', version: '1.0.0' },
    ansible: { platform, service },
    inspected,
    artefact: archive.body,
  })
  await made.remove()
  await archive.remove()
  return made.bytes
}

const measurements: Readonly<Record<string, (folder: string) => Promise<number>>> = { pack, bundle }

async function measureHere(what: string, folder: string): Promise<void> {
  const start = performance.now()
  const bytes = (await measurements[what]?.(folder)) ?? 0
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1_024)
  const measured: Measured = { seconds: (performance.now() - start) / 1_000, megabytes, bytes }
  console.log(JSON.stringify(measured))
}

/** Runs one measurement in a process of its own. */
function measure(what: string, folder: string): Measured {
  return JSON.parse(execFileSync(process.execPath, [import.meta.filename, `--${what}`, folder], { encoding: 'utf8' })) as Measured
}

/** Half noise, half repetition: deflate has to work, and to write. */
function content(bytes: number): Buffer {
  const piece = Buffer.alloc(bytes, 'The towpath is everybody’s. ')
  for (let at = 0; at < bytes; at += 2_048) crypto.getRandomValues(piece.subarray(at, Math.min(bytes, at + 1_024)))
  return piece
}

async function bench(share: number): Promise<void> {
  console.log(`Node ${process.version}, ${process.arch}: an artefact of ${500 * share} MB, ${ROLES} roles of 10 files`)
  const folder = await mkdtemp(join(tmpdir(), 'towpath-bench-'))
  try {
    for (let index = 0; index < 500 * share; index++) await files.write(join(folder, 'artefact', `file-${index}`), content(1_000_000))
    for (let role = 0; role < ROLES; role++) {
      for (let file = 0; file < 9; file++)
        await files.write(join(folder, 'roles', `role${role}`, 'templates', `t${file}.j2`), content(2_000))
      await files.write(join(folder, 'roles', `role${role}`, 'tasks', 'main.yml'), '- ansible.builtin.debug: { msg: here }\n')
    }
    const ratios: number[] = []
    for (let time = 0; time < TIMES; time++) {
      const [alone, whole] = [measure('pack', folder), measure('bundle', folder)]
      for (const [what, { seconds, megabytes, bytes }] of [['pack', alone] as const, ['bundle', whole] as const])
        console.log(`  ${what.padEnd(7)} ${seconds.toFixed(1).padStart(6)} s  ${megabytes} MB peak  ${bytes} bytes`)
      ratios.push(whole.seconds / alone.seconds)
    }
    const sorted = ratios.toSorted((a, b) => a - b)
    console.log(
      `  bundle / pack: median ${sorted[Math.floor(TIMES / 2)]?.toFixed(2)}, minimum ${sorted[0]?.toFixed(2)} (bar: 1.5; memory 200 MB)`,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}

const [first = '1', folder] = process.argv.slice(2)
if (folder) await measureHere(first.slice(2), folder)
else await bench(Number(first))

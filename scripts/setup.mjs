// Plain JavaScript for Node 20: sets up what a task needs, once, and then runs the task under Node 24.
// usage: node scripts/setup.mjs <demo|test|local|build|lint|bench|soak> [arguments]
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tasks = {
  demo: { script: 'scripts/demo.ts', python: true, ansible: true },
  test: { script: 'scripts/test.ts', python: true },
  local: { script: 'local/main.ts', python: true },
  build: { script: 'scripts/build.ts', python: false },
  lint: { script: 'scripts/lint.ts', python: false },
  bench: { script: 'bench/main.ts', python: true },
  soak: { script: 'scripts/soak.ts', python: false },
}

/** Ends with one line that says what is wrong and what to do. */
function fail(message) {
  process.stderr.write(`towpath: ${message}\n`)
  process.exit(2)
}

/**
 * Runs a command to its end, passing SIGINT and SIGTERM on to it: with a synchronous child a SIGTERM would kill only this
 * process and leave the task's own children running. What it prints on stdout goes to stderr unless `stdout` says otherwise.
 */
function run(command, args, { environment = process.env, stdout = 'inherit' } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, env: environment, stdio: ['inherit', stdout === 'stderr' ? 2 : 'inherit', 'inherit'] })
    const forward = (signal) => child.kill(signal)
    process.on('SIGINT', forward)
    process.on('SIGTERM', forward)
    child.on('error', (error) => fail(`${command} could not be started: ${error.message}`))
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward)
      process.off('SIGTERM', forward)
      done(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1))
    })
  })
}

/** Installs the locked npm packages, unless they are there already. */
async function ensurePackages() {
  const stamp = join(root, 'node_modules', '.towpath-stamp')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('towpath: installing the locked npm packages (once)\n')
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdout: 'stderr' })
  if (code === 130 || code === 143) process.exit(code)
  if (code !== 0) fail(`npm ci ended with ${code}; see its message above`)
  writeFileSync(stamp, wanted)
}

/** Node 24: the npm package's where there is one for this machine, else the one that runs this. */
function node24() {
  const bundled = join(root, 'node_modules', '.bin', 'node')
  if (existsSync(bundled)) return bundled
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(`Node 24 is needed on ${process.platform} ${process.arch}, this is ${process.version}; install Node 24`)
}

const [name = '', ...rest] = process.argv.slice(2)
const task = Object.hasOwn(tasks, name) ? tasks[name] : fail(`no task '${name}'; there are ${Object.keys(tasks).join(', ')}`)
if (Number(process.versions.node.split('.')[0]) < 20) fail(`Node 20 or later is needed, this is ${process.version}`)
await ensurePackages()
const node = node24()
const environment = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` }
if (task.python) {
  const { ensurePython } = await import('./python.mjs')
  environment.TOWPATH_PYTHON = await ensurePython(root, { say: (text) => process.stderr.write(`towpath: ${text}\n`) })
}
if (task.ansible) {
  const { ensureAnsible } = await import('./python.mjs')
  environment.TOWPATH_ANSIBLE = await ensureAnsible(root, { say: (text) => process.stderr.write(`towpath: ${text}\n`) })
}
process.exitCode = await run(node, ['--disable-warning=ExperimentalWarning', join(root, task.script), ...rest], { environment })

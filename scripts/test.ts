import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The whole test run: static checks, then each kind of jest test by itself, then one line that adds them up. */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')

interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The part of jest's JSON report that is read. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[]
}

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
    process.on('SIGINT', forward)
    process.on('SIGTERM', forward)
    child.on('error', () => done(127))
    child.on('exit', (code) => {
      process.off('SIGINT', forward)
      process.off('SIGTERM', forward)
      done(code ?? 1)
    })
  })
}

async function check(name: string, command: string, args: readonly string[]): Promise<Count> {
  console.log(`\n── ${name}`)
  const code = await run(command, args)
  console.log(code === 0 ? `${name}: passed` : `${name}: failed with exit code ${code}`)
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

/** Runs one kind of jest test. A run that counted nothing is a failure: a check that passes because nothing ran is none. */
async function jest(project: string, folder: string, args: readonly string[]): Promise<Count> {
  console.log(`\n── ${project} tests`)
  const file = join(folder, `${project}.json`)
  const code = await run(process.execPath, [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...args,
    '--json',
    `--outputFile=${file}`,
    '--testLocationInResults=false',
    '--reporters=default',
    '--selectProjects',
    project,
  ])
  const report = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  )
  if (!report) return { passed: 0, failed: 1, skipped: 0 }
  const skipped = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'pending' || status === 'todo'),
  )
  for (const { fullName } of skipped) console.log(`skipped: ${fullName}`)
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites
  const silent = code !== 0 && failed === 0 ? 1 : 0
  const nothing = report.numPassedTests === 0 && failed === 0 && given.length === 0 ? 1 : 0
  return { passed: report.numPassedTests, failed: failed + Math.max(silent, nothing), skipped: skipped.length }
}

const given = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
const counts: Count[] = []
try {
  counts.push(await check('biome', join(bin, 'biome'), ['check', '--error-on-warnings', '.']))
  counts.push(await check('tsc', join(bin, 'tsc'), ['--noEmit', '-p', 'tsconfig.json']))
  for (const project of ['unit', 'aws', 'run'])
    counts.push(await jest(project, folder, ['--maxWorkers=2', ...(given.length > 0 ? ['--passWithNoTests', ...given] : [])]))
} finally {
  await rm(folder, { recursive: true, force: true })
}
const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0)
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
// On CI a part that could not run is a failure: nobody reads that it was skipped.
const strict = process.env.CI === 'true' && sum('skipped') > 0
if (strict) console.error('CI: skipped tests count as failures')
process.exitCode = sum('failed') > 0 || strict ? 1 : 0

/**
 * How long every entry of dist/ takes to start, as a multiple of what bare Node takes: `--help`, each action until it has refused a wrong
 * input, and each that talks to AWS until its first request reaches a server on this machine. Interleaved, 21 rounds; the ratios of the
 * minima count. `node bench/start.ts [dist] [rounds]`. Exits 1 if a bound is missed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { askingInputs, inputVariables, runnerVariables } from './asking.ts'

const [given = 'dist', counted = '21'] = process.argv.slice(2)
const dist = resolve(given)
const rounds = Number(counted)
const root = resolve(import.meta.dirname, '..')
const scratch = await mkdtemp(join(tmpdir(), 'towpath-bench-'))

/** The bounds, as multiples of bare Node. */
const bounds = { help: 1.5, inputs: 3, request: 4 } as const

interface Subject {
  readonly name: string
  readonly bound: number | undefined
  /** Runs it once; milliseconds. */
  measure(): Promise<number>
}

let arrived: (() => void) | undefined
const server = createServer((request) => {
  arrived?.()
  // Never answered: whoever asked is ended.
  request.resume()
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
if (address === null || typeof address === 'string') throw new Error('a listening server has no port')

const variables = {
  ...runnerVariables,
  PATH: process.env.PATH ?? '',
  HOME: scratch,
  GITHUB_WORKSPACE: root,
  AWS_ENDPOINT_URL: `http://127.0.0.1:${address.port}`,
}

function start(args: readonly string[], inputs: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [...args], { stdio: 'ignore', env: { ...variables, ...inputVariables(inputs) }, cwd: scratch })
}

function untilExit(code: number, args: readonly string[], inputs?: Readonly<Record<string, string>>): () => Promise<number> {
  return async () => {
    const begun = performance.now()
    const [ended] = await once(start(args, inputs), 'exit')
    const taken = performance.now() - begun
    if (ended !== code) throw new Error(`node ${args.join(' ')} ended with ${ended}, not ${code}`)
    return taken
  }
}

function untilRequest(args: readonly string[], inputs: Readonly<Record<string, string>>): () => Promise<number> {
  return async () => {
    const request = Promise.withResolvers<number>()
    const begun = performance.now()
    arrived = () => request.resolve(performance.now() - begun)
    const child = start(args, inputs)
    const exit = once(child, 'exit')
    const early = exit.then(([code]) => Promise.reject(new Error(`node ${args.join(' ')} ended with ${code} before its first request`)))
    const taken = await Promise.race([request.promise, early])
    arrived = undefined
    early.catch(() => {})
    child.kill('SIGKILL')
    await exit
    return taken
  }
}

const asking = askingInputs(scratch)

const actions = (await readdir(dist))
  .filter((file) => /^[a-z-]+\.js$/.test(file) && file !== 'cli.js' && file !== 'index.js')
  .map((file) => file.slice(0, -3))
const unknown = actions.filter((action) => !Object.hasOwn(asking, action))
if (unknown.length > 0) throw new Error(`bench/asking.ts does not say what ${unknown.join(' and ')} asks`)
const stub = (action: string): string => join(dist, `${action}.js`)
const subjects: readonly Subject[] = [
  { name: 'node', bound: undefined, measure: untilExit(0, ['--eval', '']) },
  { name: 'cli.js --help', bound: bounds.help, measure: untilExit(0, [join(dist, 'cli.js'), '--help']) },
  ...actions.map((action) => ({
    name: `${action}.js, a wrong input`,
    bound: bounds.inputs,
    measure: untilExit(2, [stub(action)], { nonsense: 'x' }),
  })),
  ...actions.flatMap((action) => {
    const inputs = asking[action]
    return inputs ? [{ name: `${action}.js, first request`, bound: bounds.request, measure: untilRequest([stub(action)], inputs) }] : []
  }),
]

const times = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]))
try {
  for (let round = 0; round < rounds; round++) for (const subject of subjects) times.get(subject)?.push(await subject.measure())
} finally {
  server.close()
  server.closeAllConnections()
  await rm(scratch, { recursive: true, force: true })
}

const least = (subject: Subject): number => Math.min(...(times.get(subject) ?? []))
const median = (subject: Subject): number => (times.get(subject) ?? []).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN
const [bare] = subjects
const base = bare ? { least: least(bare), median: median(bare) } : { least: Number.NaN, median: Number.NaN }
const width = Math.max(...subjects.map(({ name }) => name.length))
console.log(`node ${process.version}, ${process.arch}, ${rounds} rounds; multiples of bare Node`)
console.log(`${''.padEnd(width)}  minimum  median  bound`)
for (const subject of subjects) {
  const ratio = least(subject) / base.least
  const missed = subject.bound !== undefined && ratio > subject.bound
  if (missed) process.exitCode = 1
  const row = [
    ratio.toFixed(2).padStart(7),
    (median(subject) / base.median).toFixed(2).padStart(6),
    subject.bound?.toFixed(1).padStart(5) ?? '',
  ]
  console.log(`${subject.name.padEnd(width)}  ${row.join('  ')}${missed ? '  missed' : ''}`)
}

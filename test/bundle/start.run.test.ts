import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { askingInputs, inputVariables, runnerVariables } from '../../bench/asking.ts'
import { actionVerbs } from '../../src/commands/verbs.ts'
import { bundleFolder } from '../support/prepared.ts'

/**
 * What an action may load of dist/, in bytes, until it has refused a wrong input, and until its first request. Time to start grows with
 * it, and it is the same on every machine: `npm run bench -- start` measured 1.5 times bare Node at 110,000 bytes, 3.3 at 650,000, and
 * more than the 4.0 that are allowed from about 850,000 on.
 */
const bounds = { inputs: 200_000, request: 750_000 } as const

/** Loaded before the action: writes what was loaded of dist/ when the first request is made, or at the end, and ends there. */
const witness = `
const { registerHooks } = require('node:module')
const { writeSync } = require('node:fs')
const loaded = {}
registerHooks({ load(url, context, next) {
  const result = next(url, context)
  if (url.startsWith('file:')) loaded[url.slice(url.lastIndexOf('/') + 1)] = Buffer.byteLength(result.source ?? '')
  return result
} })
const tell = (asked) => { writeSync(3, JSON.stringify({ asked, loaded })); process.reallyExit(0) }
require('node:diagnostics_channel').subscribe('http.client.request.created', () => tell(true))
process.on('exit', () => tell(false))
`

interface Start {
  /** True if a request was made. */
  readonly asked: boolean
  /** The bytes of each file of dist/ that was loaded, by name. */
  readonly loaded: Readonly<Record<string, number>>
}

const root = resolve(import.meta.dirname, '../..')
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-start-'))
  await writeFile(join(folder, 'witness.cjs'), witness)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function start(file: string, inputs: Readonly<Record<string, string>>): Promise<Start> {
  const told = join(folder, `told-${crypto.randomUUID()}.json`)
  const env = {
    ...runnerVariables,
    ...inputVariables(inputs),
    PATH: process.env.PATH ?? '',
    HOME: folder,
    GITHUB_WORKSPACE: root,
    // Nobody listens: the request is seen where it is made.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  }
  return new Promise((done, fail) => {
    execFile('/bin/sh', ['-c', 'exec "$0" "$@" 3>"$TOLD"', process.execPath, '-r', join(folder, 'witness.cjs'), file], {
      env: { ...env, TOLD: told },
    }).on('exit', () => readFile(told, 'utf8').then((text) => done(JSON.parse(text) as Start), fail))
  })
}

function bytesOf({ loaded }: Start): number {
  return Object.values(loaded).reduce((sum, bytes) => sum + bytes, 0)
}

const stub = (verb: string): string => join(bundleFolder(), `${verb}.js`)
const verbs = [...actionVerbs.keys()]
const asking = askingInputs(tmpdir())

describe('little is loaded', () => {
  test.each(verbs)('until %s has refused a wrong input', async (verb) => {
    const { asked, loaded } = await start(stub(verb), { nonsense: 'x' })
    expect(asked).toBe(false)
    expect(bytesOf({ asked, loaded })).toBeGreaterThan(10_000)
    expect({ loaded, within: bytesOf({ asked, loaded }) <= bounds.inputs }).toMatchObject({ within: true })
  })

  test.each(verbs.filter((verb) => asking[verb] !== undefined))('until %s makes its first request', async (verb) => {
    const { asked, loaded } = await start(stub(verb), asking[verb] ?? {})
    expect(asked).toBe(true)
    expect({ loaded, within: bytesOf({ asked, loaded }) <= bounds.request }).toMatchObject({ within: true })
  })

  test('and each action says in bench/asking.ts how it comes to ask', () => {
    expect(verbs.filter((verb) => !Object.hasOwn(asking, verb))).toEqual([])
  })
})

test('an action that loads all of dist/ first is found out', async () => {
  const copy = join(folder, 'dist')
  await cp(bundleFolder(), copy, { recursive: true })
  const chunks = (await readdir(copy)).filter((name) => name.endsWith('.index.js'))
  const greedy = `${chunks.map((name) => `import './${name}'`).join('\n')}\nimport './deploy.js'\n`
  await writeFile(join(copy, 'greedy.js'), greedy)
  const begun = await start(join(copy, 'greedy.js'), asking.deploy ?? {})
  expect(begun.asked).toBe(true)
  expect(bytesOf(begun)).toBeGreaterThan(bounds.request)
})

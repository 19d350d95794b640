import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as rules from './house/rules.ts'
import { isModule, type Source, sourceOf } from './house/source.ts'

const src = join(import.meta.dirname, '..', 'src')
const house = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(isModule)
  .sort()
  .map((path) => sourceOf(path, readFileSync(join(src, path), 'utf8')))

/** Files by their path, as they would stand in `src`. */
type Files = Readonly<Record<string, string>>

function sourcesOf(files: Files): readonly Source[] {
  return Object.entries(files).map(([path, text]) => sourceOf(path, text))
}

const port = '/** Port: what is needed of somebody else. */\n'

/** A file that uses something of the machine, and the name under which it is refused. */
function uses(name: string, text: string): readonly [string, Files, string] {
  return [text, { 'stack/a.ts': text }, `stack/a.ts: uses ${name}`]
}

/** Each rule with wrong houses: what is wrong about each, its files, and what is said of it. */
const table: readonly (readonly [
  string,
  (files: readonly Source[]) => readonly string[],
  readonly (readonly [string, Files, string])[],
])[] = [
  [
    'every folder is a room of some floor',
    rules.unknownRooms,
    [
      ['a new folder', { 'rollback/a.ts': '' }, "rollback/a.ts: no floor has a room 'rollback'"],
      ['a new folder of deployment', { 'deployment/undo/a.ts': '' }, "deployment/undo/a.ts: deployment has no room 'undo'"],
    ],
  ],
  [
    'imports run downward',
    rules.upward,
    [
      [
        'a static import',
        { 'stack/a.ts': "import { a } from '../deployment/a.ts'" },
        "stack/a.ts: imports deployment/a.ts: 'deployment' is not below 'stack'",
      ],
      [
        'a type',
        { 'stack/a.ts': "import type { A } from '../release/a.ts'" },
        "stack/a.ts: imports release/a.ts: 'release' is not below 'stack'",
      ],
      ['a type in place', { 'a.ts': "type A = import('./ports/a.ts').A" }, "a.ts: imports ports/a.ts: 'ports' is not below 'ground'"],
      [
        'a dynamic import',
        { 'stack/a.ts': "await import('../hosts/a.ts')" },
        "stack/a.ts: imports hosts/a.ts: 'hosts' is not below 'stack'",
      ],
      [
        'a re-export',
        { 'bucket/a.ts': "export * from '../platform/a.ts'" },
        "bucket/a.ts: imports platform/a.ts: 'platform' is not below 'bucket'",
      ],
      [
        'a neighbour',
        { 'service/a.ts': "export { a } from '../template/a.ts'" },
        "service/a.ts: imports template/a.ts: 'template' is not below 'service'",
      ],
      [
        'an unknown room',
        { 'stack/a.ts': "import '../rollback/a.ts'" },
        "stack/a.ts: imports rollback/a.ts: 'rollback' is not below 'stack'",
      ],
      [
        'an adapter',
        { 'commands/a.ts': "import '../adapters/aws/s3.ts'" },
        'commands/a.ts: imports adapters/aws/s3.ts: only hosts puts adapters in place',
      ],
      [
        'a port above an adapter',
        { 'adapters/aws/a.ts': "import '../../commands/a.ts'", 'commands/a.ts': port },
        "adapters/aws/a.ts: imports commands/a.ts: 'commands' is not below 'adapters'",
      ],
      [
        "CommonJS's import of a type",
        { 'stack/a.ts': "import type a = require('../hosts/a.ts')" },
        "stack/a.ts: imports hosts/a.ts: 'hosts' is not below 'stack'",
      ],
      [
        'an addition to the types of another file',
        { 'stack/a.ts': "declare module '../hosts/a.ts' { export const a: 1 }" },
        "stack/a.ts: imports hosts/a.ts: 'hosts' is not below 'stack'",
      ],
      ['a test', { 'stack/a.ts': "import '../../test/world/clock.ts'" }, 'stack/a.ts: imports ../test/world/clock.ts, outside src'],
      [
        'a room of deployment',
        { 'deployment/lock/a.ts': "import '../log/a.ts'" },
        "deployment/lock/a.ts: imports deployment/log/a.ts: 'deployment/log' is not below 'deployment/lock'",
      ],
      [
        'what conducts the rooms of deployment',
        { 'deployment/apply/a.ts': "import '../deploy.ts'" },
        "deployment/apply/a.ts: imports deployment/deploy.ts: 'deployment/conducts' is not below 'deployment/apply'",
      ],
    ],
  ],
  [
    'adapters and ports import ports and the ground, and nothing else of ours',
    rules.portsOnly,
    [
      [
        'an adapter that decides',
        { 'adapters/aws/a.ts': "import '../../stack/state.ts'", 'stack/state.ts': '' },
        'adapters/aws/a.ts: imports stack/state.ts, which is neither a port nor of the ground',
      ],
      [
        'a port that needs its room',
        { 'stack/stacks.ts': `${port}import './state.ts'`, 'stack/state.ts': '' },
        'stack/stacks.ts: imports stack/state.ts, which is neither a port nor of the ground',
      ],
    ],
  ],
  [
    'a port says that it is one',
    rules.unmarkedPorts,
    [['a port without a word', { 'ports/a.ts': '/** Time. */' }, "ports/a.ts: its first line does not say 'Port:'"]],
  ],
  [
    'a package is imported by the rooms that it is for',
    rules.foreignPackages,
    [
      ['an SDK in hosts', { 'hosts/a.ts': "import { S3 } from '@aws-sdk/client-s3'" }, 'hosts/a.ts: imports @aws-sdk/client-s3'],
      ['a part of a package', { 'stack/a.ts': "import '@smithy/core/cbor'" }, 'stack/a.ts: imports @smithy/core'],
      [
        'a package by its folder',
        { 'hosts/a.ts': "import '../../node_modules/@actions/core/lib/core.js'" },
        'hosts/a.ts: imports @actions/core',
      ],
      ['a zip library', { 'artefact/a.ts': "await import('yauzl')" }, 'artefact/a.ts: imports yauzl'],
      ['a package that looks like a file', { 'stack/a.ts': "import 'chart.js'" }, 'stack/a.ts: imports chart.js'],
      ['an unknown package', { 'adapters/aws/a.ts': "import type { A } from 'axios'" }, 'adapters/aws/a.ts: imports axios'],
      ['Node under its old name', { 'adapters/node/a.ts': "import 'fs'" }, 'adapters/node/a.ts: imports fs'],
      ['nobody knows which', { 'commands/a.ts': 'await import(name)' }, 'commands/a.ts: imports what is computed'],
    ],
  ],
  [
    'Node is imported by the rooms that may',
    rules.foreignNode,
    [
      ['files', { 'commands/a.ts': "import { readFile } from 'node:fs/promises'" }, 'commands/a.ts: imports node:fs/promises'],
      ['the network', { 'deployment/a.ts': "import 'node:https'" }, 'deployment/a.ts: imports node:https'],
      ['the network in an adapter', { 'adapters/aws/a.ts': "import 'node:https'" }, 'adapters/aws/a.ts: imports node:https'],
    ],
  ],
  [
    'time, chance, the network and the process come in through a port',
    rules.machine,
    [
      uses('fetch', "await fetch('https://example.com')"),
      uses('process', 'export const home = process.env.HOME'),
      uses('process', 'export const all = { process }'),
      uses('globalThis', "globalThis['fetch']"),
      uses('Date.now', 'export const now = Date.now()'),
      uses('new Date()', 'export const now = new Date()'),
      uses('Date', 'export const now = Date()'),
      uses('Date', 'const { now } = Date'),
      uses('Date', 'export const now = (Date satisfies DateConstructor).now()'),
      uses('Date.prototype', 'new Date.prototype.constructor()'),
      uses('new Date()', 'export const now = (none: []) => new Date(...none)'),
      uses('Math.random', 'export const dice = Math.random()'),
      uses('Math', 'export const { random } = Math'),
      uses('setTimeout', 'setTimeout(() => {}, 10)'),
      uses('setInterval', 'const every = setInterval'),
      uses('AbortSignal.timeout', 'AbortSignal.timeout(10)'),
      uses('crypto', 'crypto.randomUUID()'),
      uses('require', "require('fs')"),
      uses('Function', "Function('return process')()"),
      uses('Intl', 'new Intl.DateTimeFormat().format()'),
      uses('Atomics', 'Atomics.wait(cell, 0, 0, 10)'),
      uses('import.meta', 'export const here = import.meta.dirname'),
      [
        "any module of Node's in hosts",
        { 'hosts/a.ts': "process.getBuiltinModule('node:https')" },
        'hosts/a.ts: uses process.getBuiltinModule',
      ],
      ['a timer in hosts', { 'hosts/a.ts': 'setTimeout(() => {}, 10)' }, 'hosts/a.ts: uses setTimeout'],
    ],
  ],
  [
    'no file imports itself by others',
    rules.circles,
    [
      [
        'a circle of two, one by a type only',
        { 'stack/a.ts': "import './b.ts'", 'stack/b.ts': "import type { A } from './a.ts'" },
        'stack/a.ts: imports itself by stack/b.ts, stack/a.ts',
      ],
    ],
  ],
  [
    'no file is longer than a stranger reads',
    rules.long,
    [
      ['251 lines', { 'stack/a.ts': '\n'.repeat(251) }, 'stack/a.ts: 251 lines, more than 250'],
      [
        '251 lines by a name that is not a schema',
        { 'stack/a.compiled.ts': '\n'.repeat(251) },
        'stack/a.compiled.ts: 251 lines, more than 250',
      ],
    ],
  ],
  [
    'no folder is fuller than one look takes in',
    rules.crowded,
    [
      [
        '21 files',
        Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`stack/${index}.ts`, ''])),
        'stack: 21 files, more than 20',
      ],
    ],
  ],
]

describe.each(table)('%s', (_, broken, wrong) => {
  test('in this house', () => expect(broken(house)).toEqual([]))

  test.each(wrong)('and not in one with %s', (_what, files, fault) => expect(broken(sourcesOf(files))).toEqual([fault]))
})

test('no module escapes the walls by its ending', () => {
  const endings = ['ts', 'js', 'mts', 'cts', 'mjs', 'cjs', 'tsx', 'jsx', 'd.ts']
  expect(endings.filter((ending) => !isModule(`stack/a.${ending}`))).toEqual([])
})

test('what no rule forbids stays allowed', () => {
  const files = {
    'hosts/a.ts': "import '../adapters/aws/s3.ts'\nimport 'node:util'\nexport const code = process.exitCode",
    'report/github/a.ts': "import '../../render/a.ts'",
    'deployment/deploy.ts': "import './apply/run.ts'",
    'deployment/apply/run.ts': "import '../../stack/a.ts'\nimport './execute.ts'",
    'adapters/aws/a.ts':
      "import { S3 } from '@aws-sdk/client-s3'\nimport '../../stack/stacks.ts'\nimport '../../errors.ts'\nawait fetch('')",
    'stack/stacks.ts': `${port}import type { Clock } from '../ports/clock.ts'`,
    'ports/clock.ts': port,
    'stack/a.ts':
      "export const a = (b: Date, _?: typeof Date | Record<string, Date>) => ({ process: new Date(0), fetch: b instanceof Date, c: Math.max(1, Date.parse('')) }).fetch",
  }
  expect(table.flatMap(([, broken]) => broken(sourcesOf(files)))).toEqual([])
})

test('no folder is allowed to be fuller without need', () => {
  expect(rules.emptied(house)).toEqual([])
  expect(rules.emptied([])).toEqual(Object.keys(rules.full))
})

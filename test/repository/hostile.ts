import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { nodeFiles } from '../../src/adapters/node/files.ts'
import type { Files } from '../../src/ports/files.ts'
import { numbers } from '../support/numbers.ts'
import { aPlatform, aService, readyWorld } from '../world/towpath.ts'

/** What stands outside of the repository, and must never be seen. */
const SECRET = 'OUTSIDE-OF-THE-REPOSITORY'

/** One thing that is wrong with a repository, put into the folder at `here`. */
type Mischief = (here: string, next: (below: number) => number) => Promise<void>

const put = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await rm(path, { recursive: true, force: true })
  await writeFile(path, content)
}
const link = async (path: string, to: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await rm(path, { recursive: true, force: true })
  await symlink(to, path)
}
const pipe = async (path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await rm(path, { recursive: true, force: true })
  execFileSync('mkfifo', [path])
}

const descriptor = (lines: readonly string[]): string =>
  aService({ lines: ['artefact: { path: src }', ...lines] })['/service/service.yml'] ?? ''
const one = <T>(next: (below: number) => number, all: readonly T[]): T => all[next(all.length)] as T

const elsewhere = [
  '../outside/secret.txt',
  '/dev/zero',
  '/dev/random',
  '/etc/passwd',
  'nowhere',
  'loop',
  '../outside',
  '.',
  '/proc/self/environ',
]
const places = [
  'service.yml',
  'src',
  'src/index.js',
  'src/deep/x',
  'cloudFormation',
  'cloudFormation/overrides',
  'cloudFormation/additions',
  'cloudFormation/overrides/main.json',
  'cloudFormation/additions/own.json',
  'build',
]
const texts: readonly ((next: (below: number) => number) => string | Uint8Array)[] = [
  () => '',
  () => '\u0000\u0001\u0002',
  () => Uint8Array.from([0xff, 0xfe, 0xc0, 0x80]),
  () =>
    `a: &a [x]\n${Array.from({ length: 30 }, (_, at) => `b${at}: &b${at} [*${at === 0 ? 'a' : `b${at - 1}`}, *${at === 0 ? 'a' : `b${at - 1}`}]`).join('\n')}\n`,
  () => '['.repeat(20_000),
  () => `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  () => 'service: __proto__\n"__proto__": { x: 1 }\nconstructor: { prototype: 1 }\n',
  () => `${descriptor([])}${'# '.padEnd(1_100_000, 'x')}\n`,
  () => Array.from({ length: 100_000 }, (_, at) => `k${at}: ${at}`).join('\n'),
  (next) =>
    JSON.stringify({
      Resources: Object.fromEntries(Array.from({ length: 100 + next(2_000) }, (_, at) => [`R${at}`, { Type: 'Test::Towpath::Thing' }])),
    }),
  () => `{"Resources":{"R":{"Type":"A::B::C","X":"${'y'.repeat(2_200_000)}"}}}`,
  () => '<<: *x\n!!js/function "x": !Unknown [1]\n? [a, b]\n: c\n',
  (next) => Array.from({ length: 200 }, () => String.fromCharCode(next(0xd7ff))).join(''),
]
const patterns = [
  '*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b',
  '**/a/**/a/**/a/**/b',
  '+(a)+(a)+(a)b',
  '!(!(a))',
  '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}',
  '[[:alpha:]]*[a]*[b]',
  '\\',
  '../**',
  '/etc/**',
  '**',
]
const names = ['a\nb', 'a\\b', 'c:d', 'READ', 'read', 'é', 'e\u0301', '-rf', ' ', '%0a::error::x', '\u202e', 'x'.repeat(255), '\u001b[2J']

const mischiefs: readonly Mischief[] = [
  (here, next) => link(join(here, one(next, places)), one(next, elsewhere)),
  (here, next) => pipe(join(here, one(next, places))),
  (here, next) =>
    put(
      join(
        here,
        one(
          next,
          places.filter((place) => /\./.test(place)),
        ),
      ),
      one(next, texts)(next),
    ),
  (here, next) =>
    put(join(here, 'service.yml'), descriptor([]).replace('path: src', `path: src, exclude: ${JSON.stringify([one(next, patterns)])}`)),
  async (here, next) => {
    for (let k = 0; k < 3; k++) await put(join(here, 'src', one(next, names)), 'x')
  },
  (here, next) => put(join(here, 'src', 'a'.repeat(200 + next(55))), 'x'),
  async (here) => {
    await put(join(here, 'src/su'), 'x')
    await chmod(join(here, 'src/su'), 0o6755)
  },
  async (here, next) => {
    await put(join(here, 'src', ...Array.from({ length: 100 + next(200) }, () => 'd'), 'x'), 'x')
  },
  async (here, next) => {
    await put(join(here, 'build.zip'), Buffer.from(`PK\u0003\u0004${'\u0000'.repeat(next(200))}PK\u0005\u0006`, 'latin1'))
    await put(join(here, 'service.yml'), descriptor([]).replace('path: src', 'path: build.zip'))
  },
  (here, next) =>
    put(
      join(here, 'service.yml'),
      descriptor([]).replace('path: src', `path: ${one(next, ['.', '..', '../outside', '/etc', 'src/../..', 'way/in', './src/.'])}`),
    ),
  (here) => link(join(here, 'way'), '../outside'),
  (here, next) =>
    put(
      join(here, 'service.yml'),
      descriptor([]).replace(
        'service: delivery',
        `service: ${one(next, ['__proto__', 'towpath', 'x-', 'a--b', 'my-staging-api', '""', '1e3', '~'])}`,
      ),
    ),
]

/** Puts a hostile repository on this machine's disk, runs every verb that reads one, and gives what went wrong: nothing. */
export async function attack(seed: number): Promise<readonly string[]> {
  const next = numbers(seed)
  const root = await realpath(await mkdtemp(join(tmpdir(), 'towpath-hostile-')))
  const here = join(root, 'service')
  const wrong: string[] = []
  try {
    await put(join(root, 'outside/secret.txt'), `${SECRET}\n`)
    for (const [path, text] of Object.entries(aPlatform())) await put(join(root, path), text)
    await put(join(here, 'service.yml'), descriptor([]))
    await put(join(here, 'src/index.js'), 'export const x = 1\n')
    for (let count = 1 + next(4); count > 0; count--) await one(next, mischiefs)(here, next).catch((error: unknown) => tolerate(error))
    const world = await readyWorld()
    const files = guarded(nodeFiles(), [here, join(root, 'platform'), join(root, 'out')], (path) => wrong.push(`read ${path}`))
    const platform = join(root, 'platform')
    const calls: readonly (readonly [string, object])[] = [
      ['validate', { platform, bucket: undefined }],
      ['package-artefact', {}],
      ['merge-templates', { platform, bucket: undefined, out: join(root, 'out'), explain: true }],
      ['create-release', {}],
    ]
    for (const [verb, inputs] of calls) {
      try {
        const { outputs, error } = await world.run(verb, { path: here, ...inputs }, { files })
        const told = JSON.stringify([outputs, error?.message, error?.hint, error?.problems])
        if (told.includes(SECRET) || told.includes('root:x:')) wrong.push(`${verb} tells what is outside: ${told.slice(0, 500)}`)
        if (error?.code === 'bug') wrong.push(`${verb}: a bug: ${error.message}`)
      } catch (thrown) {
        wrong.push(`${verb} crashed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
      }
    }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
  return wrong.map((what) => `seed ${seed}: ${what}`)
}

/** What one mischief makes impossible for the next one (a name that is too long, a file below a link) is no fault of the product. */
function tolerate(error: unknown): void {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  if (!/^E[A-Z]+$/.test(code)) throw error
}

/** Tells of each file that is opened outside of the folders given, wherever links lead, and outside of temporary folders of our own. */
function guarded(files: Files, inside: readonly string[], tell: (path: string) => void): Files {
  const check = async (path: string): Promise<void> => {
    const real = (await files.resolve(path)) ?? path
    if (!inside.some((folder) => real === folder || real.startsWith(`${folder}/`)) && !/\/towpath-[^/]+\/artefact\.zip$/.test(real))
      tell(real)
  }
  return {
    ...files,
    async read(path, most) {
      await check(path)
      return files.read(path, most)
    },
    async *stream(path) {
      await check(path)
      yield* files.stream(path)
    },
    async part(path, from, bytes) {
      await check(path)
      return files.part(path, from, bytes)
    },
  }
}

/** Canary: that a read outside is seen. */
export async function readsOutside(): Promise<readonly string[]> {
  const seen: string[] = []
  await guarded(nodeFiles(), ['/nowhere'], (path) => seen.push(path)).read('/etc/hostname')
  return seen
}

import { describe, expect, test } from '@jest/globals'
import { type ErrorCode, exitCodes, TowpathError } from '../../src/errors.ts'
import { virtualClock } from '../world/clock.ts'
import { fakeProcess } from './process.ts'
import { type Around, conduct } from './support.ts'

const throwing = (error: unknown): Around => ({
  commands: {
    try: {
      run: async () => {
        throw error
      },
      text: ({ outcome }) => `it ended: ${outcome}`,
    },
  },
})

const giving = (outputs: Readonly<Record<string, unknown>>): Around => ({
  commands: { try: { run: async () => outputs, text: () => 'for people' } },
})

describe('a verb that succeeds', () => {
  test('prints what it gives for people, and ends with 0', async () => {
    expect(await conduct(['try'], giving({ count: 1 }))).toEqual({ code: 0, stdout: 'for people\n', stderr: '' })
  })

  test('prints one JSON document and nothing else with --json', async () => {
    const { code, stdout, stderr } = await conduct(['try', '--json'], giving({ count: 1, nothing: null }))
    expect(JSON.parse(stdout)).toEqual({ schema: 'towpath/try@1', count: 1, nothing: null })
    expect([code, stderr]).toEqual([0, ''])
  })

  test('takes --json before its name too', async () => {
    expect(JSON.parse((await conduct(['--json', 'try'], giving({}))).stdout)).toEqual({ schema: 'towpath/try@1' })
  })

  test('has a document that no runner obeys, and that says the same', async () => {
    const hostile = { name: '##[add-mask]x', more: ['::stop-commands::x', '\u001b[31m'] }
    const { stdout } = await conduct(['try', '--json'], giving(hostile))
    expect(stdout).not.toContain('##[')
    expect(stdout).not.toMatch(/^\s*::/m)
    expect(stdout).not.toContain('\u001b')
    expect(JSON.parse(stdout)).toMatchObject(hostile)
  })
})

describe('a verb that fails', () => {
  test.each(Object.entries(exitCodes) as [ErrorCode, number][])('by %s ends with %d', async (code, expected) => {
    const ended = await conduct(['try', '--json'], throwing(new TowpathError(code, 'no')))
    expect(ended.code).toBe(expected)
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code } })
  })

  test('says on stderr where, what and what to do, and nothing on stdout', async () => {
    const error = new TowpathError('bad-input', "no stack 'x'", { at: { file: '/work/service.yml', line: 4, column: 2 }, hint: 'add it' })
    expect(await conduct(['try'], throwing(error))).toEqual({ code: 2, stdout: '', stderr: "service.yml:4:2: no stack 'x'\n  add it\n" })
  })

  test.each([
    ['/work/a/service.yml', 'a/service.yml'],
    ['/elsewhere/service.yml', '/elsewhere/service.yml'],
    ['/worker/service.yml', '/worker/service.yml'],
    ['scaling.yml (3.2.0)', 'scaling.yml (3.2.0)'],
  ])('shows %s as %s, and gives it whole in JSON', async (file, shown) => {
    const { stdout, stderr } = await conduct(['try', '--json'], throwing(new TowpathError('bad-input', 'no', { at: { file } })))
    expect(stderr).toBe(`${shown}: no\n`)
    expect(JSON.parse(stdout)).toMatchObject({ error: { at: { file } } })
  })

  test('has an error of four keys in JSON, null where there is nothing to say', async () => {
    const { stdout } = await conduct(['try', '--json'], throwing(new TowpathError('failed', 'no')))
    expect(JSON.parse(stdout)).toEqual({ schema: 'towpath/try@1', error: { code: 'failed', message: 'no', hint: null, at: null } })
  })

  test('has its outputs beside the error, its outcome among them', async () => {
    const error = new TowpathError('unknown', 'it went on', { outputs: { outcome: 'unknown', deployment: 3 } })
    const { stdout } = await conduct(['try', '--json'], throwing(error))
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'unknown', deployment: 3, error: { code: 'unknown' } })
    expect((await conduct(['try'], throwing(error))).stdout).toBe('it ended: unknown\n')
  })

  test('lists every problem, each with its place and its hint', async () => {
    const problems = [1, 2].map((line) => ({ file: '/work/s.yml', line, column: 1, message: `wrong ${line}`, hint: `mend ${line}` }))
    const { stdout, stderr } = await conduct(
      ['try', '--json'],
      throwing(new TowpathError('bad-input', 'the service has 2 problems', { problems })),
    )
    expect(stderr).toBe('error: the service has 2 problems:\ns.yml:1:1: wrong 1\n  mend 1\ns.yml:2:1: wrong 2\n  mend 2\n')
    expect(JSON.parse(stdout)).toMatchObject({ error: { problems } })
  })

  test('without being ours says that it is a bug, shows where it comes from, and ends with 70', async () => {
    const { code, stdout, stderr } = await conduct(['try', '--json'], throwing(new TypeError('undefined is not a function')))
    expect(code).toBe(70)
    expect(stderr).toMatch(/^error: towpath failed in a way it should not: undefined is not a function\n {2}please report this/)
    expect(stderr).toMatch(/\n +at .*run\.test\.ts/)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'bug' } })
  })

  test.each([new TowpathError('failed', 'no', { cause: new Error('deep') }), new TowpathError('interrupted', 'no')])(
    'for another reason shows no stack trace: %s',
    async (error) => {
      expect((await conduct(['try'], throwing(error))).stderr).toBe('error: no\n')
    },
  )

  test('says nothing that a terminal or a runner would obey', async () => {
    const evil = '\u001b[2J\n::error::x ##[add-mask]y'
    const error = new TowpathError('failed', evil, { hint: evil, at: { file: `::warning::${evil}` } })
    const { stderr } = await conduct(['try'], throwing(error))
    expect(stderr).not.toContain('\u001b')
    expect(stderr).not.toContain('##[')
    expect(stderr.split('\n').filter((line) => /^\s*::/.test(line))).toEqual([])
    expect(stderr.split('\n')).toHaveLength(4)
  })
})

describe('a command line', () => {
  test.each<[string, readonly string[], string]>([
    ['with a verb that nobody knows', ['dploy'], "error: no verb 'dploy'\n  did you mean 'deploy'?\n  see towpath --help\n"],
    ['with a flag that nobody knows', ['log', '--verfy'], "error: log has no flag '--verfy'\n  did you mean '--verify'?\n"],
    ['with a flag and no verb', ['--nonsense'], expect.stringContaining("no verb '--nonsense'") as unknown as string],
    ['with a verb of a prototype', ['constructor'], expect.stringContaining("no verb 'constructor'") as unknown as string],
  ])('%s ends with 2, one message and no stack', async (_, argv, stderr) => {
    expect(await conduct(argv)).toEqual({ code: 2, stdout: '', stderr })
  })

  test('with a verb that nobody knows is one document with --json too', async () => {
    const { code, stdout } = await conduct(['dploy', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'towpath/error@1', error: { code: 'bad-input', message: "no verb 'dploy'" } })
  })

  test.each([[['--json', '--version']], [['--json', '--help']], [['--json']], [['log', '--help', '--json']], [['log', '--json']]])(
    '%j prints exactly one document',
    async (argv) => {
      expect(JSON.parse((await conduct(argv)).stdout)).toMatchObject({ schema: expect.any(String) })
    },
  )

  test('without a verb shows what there is, on stderr, and ends with 2', async () => {
    const { code, stdout, stderr } = await conduct([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('usage: towpath <verb> [flags]')
  })

  test.each([['--help'], ['-h'], ['help']])('%s shows what there is, and ends with 0', async (flag) => {
    const { code, stdout, stderr } = await conduct([flag])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('usage: towpath <verb> [flags]')
  })

  test.each([[['help', 'log']], [['log', '--help']], [['log', '-h']], [['--help', 'log']]])(
    '%j shows the help of the verb',
    async (argv) => {
      const { code, stdout } = await conduct(argv)
      expect(code).toBe(0)
      expect(stdout).toMatch(/^towpath log: /)
    },
  )

  test('--version prints it and nothing else', async () => {
    expect(await conduct(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})

describe('an interruption', () => {
  /** A verb that is interrupted while it works. */
  async function interrupted(work: (signal: AbortSignal) => Promise<Record<string, unknown>>) {
    const process = fakeProcess()
    const clock = virtualClock()
    const ended = await conduct(['try', '--json'], {
      process,
      clock,
      world: ({ interrupted }) => ({ interrupted }) as never,
      commands: {
        try: {
          run: async (_, world) => {
            queueMicrotask(() => process.signal('SIGINT'))
            return work(world.interrupted)
          },
        },
      },
    })
    return { ...ended, waited: clock.monotonic(), listening: process.listening }
  }

  test('ends a verb that heeds it as soon as it has tidied up', async () => {
    const { code, stdout, waited, listening } = await interrupted(
      (signal) => new Promise((_, refuse) => signal.addEventListener('abort', () => refuse(signal.reason), { once: true })),
    )
    expect([code, waited, listening]).toEqual([130, 0, 0])
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'interrupted', message: 'interrupted by SIGINT' } })
  })

  test('ends a verb that does not within two seconds, with a document all the same', async () => {
    const { code, stdout, waited } = await interrupted(() => new Promise(() => {}))
    expect(code).toBe(130)
    expect(waited).toBeLessThan(2_000)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'interrupted' } })
  })

  test('that comes too late changes nothing', async () => {
    expect((await interrupted(async () => ({ done: true }))).code).toBe(0)
  })
})

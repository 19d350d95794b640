import { describe, expect, test } from '@jest/globals'
import type { Soak } from '../../scripts/soak/soak.ts'
import { soakBy } from '../../scripts/soak.ts'

/** Runs `npm run soak` with these arguments, over soaks that end at once, and gives all that it printed. */
async function soaked(...args: readonly string[]) {
  const seeds: number[] = []
  const soak = (run: Soak['run']): Soak => ({
    summary: 'is one',
    run: (seed, say) => {
      seeds.push(seed)
      return run(seed, say)
    },
  })
  const soaks = {
    sound: soak(async (_, say) => {
      say('a thing was done')
      return '3 things done'
    }),
    broken: soak(async () => {
      throw new Error('the second thing went wrong')
    }),
  }
  const printed = { out: [] as string[], error: [] as string[] }
  const code = await soakBy(args, soaks, { out: (line) => printed.out.push(line), error: (line) => printed.error.push(line) })
  return { code, out: printed.out.join('\n'), error: printed.error.join('\n'), seeds }
}

describe('a soak', () => {
  test('says its seed, what it ran, and a figure', async () => {
    const { code, out, seeds } = await soaked('sound', '--seed', '7')
    expect({ code, out, seeds }).toEqual({ code: 0, out: 'sound: seed 7\n  a thing was done\nsound: 3 things done (seed 7)', seeds: [7] })
  })

  test('draws another seed each time, and prints it', async () => {
    const runs = [await soaked('sound'), await soaked('sound'), await soaked('sound')]
    expect(new Set(runs.flatMap(({ seeds }) => seeds)).size).toBeGreaterThan(1)
    for (const { out, seeds } of runs) expect(out.startsWith(`sound: seed ${seeds}\n`)).toBe(true)
  })

  test('that fails ends with 1, says why and how to see it again', async () => {
    const { code, out, error } = await soaked('broken', '--seed', '7')
    expect({ code, out }).toEqual({ code: 1, out: 'broken: seed 7' })
    expect(error).toContain('the second thing went wrong')
    expect(error.endsWith('\nbroken: failed; to see it again: npm run soak -- broken --seed 7')).toBe(true)
  })

  test.each([
    [[], 'no soak is named; there are: sound, broken'],
    [['nonsense'], "there is no soak 'nonsense'; there are: sound, broken"],
    [['toString'], "there is no soak 'toString'; there are: sound, broken"],
    [['sound', 'broken'], "one soak at a time: 'sound' or 'broken'"],
    [['sound', '--sed', '1'], "unknown option 'sed': there are --seed and --help"],
    [['sound', '--seed'], "invalid seed '': give a whole number below 2147483648"],
    [['sound', '--seed', '1.5'], "invalid seed '1.5': give a whole number below 2147483648"],
    [['sound', '--seed=2147483648'], "invalid seed '2147483648': give a whole number below 2147483648"],
  ])('is refused with exit code 2: %j', async (args, reason) => {
    expect(await soaked(...args)).toEqual({ code: 2, out: '', error: `${reason}\nnpm run soak -- --help says more`, seeds: [] })
  })

  test('is listed with its summary by --help', async () => {
    const { code, out, seeds } = await soaked('--help')
    expect({ code, seeds }).toEqual({ code: 0, seeds: [] })
    expect(out).toContain('usage: npm run soak -- <name> [--seed <number>]\n\n  sound  is one\n  broken  is one\n')
  })
})

import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { inspect, parseArgs } from 'node:util'
import { crashes } from './soak/crashes.ts'
import { hostile } from './soak/hostile.ts'
import { log } from './soak/log.ts'
import type { Soak } from './soak/soak.ts'
import { templates } from './soak/templates.ts'

const soaks: Readonly<Record<string, Soak>> = { crashes, hostile, log, templates }

/** Seeds are whole numbers below this. */
const SEEDS = 2 ** 31

/** Where lines go. */
export interface Print {
  out(line: string): void
  error(line: string): void
}

interface Given {
  readonly name: string
  readonly seed: number
  readonly help: boolean
}

/**
 * `npm run soak -- <name>`: looks for what the tests' samples miss, at length and with numbers that a seed decides. Resolves to the exit
 * code: 0 if all held, 1 if something did not, 2 for arguments that make no sense.
 */
export async function soakBy(args: readonly string[], soaks: Readonly<Record<string, Soak>>, print: Print): Promise<0 | 1 | 2> {
  const given = read(args)
  if (typeof given === 'string') return refuse(given, print)
  const { name, seed, help } = given
  if (help) {
    print.out(usage(soaks))
    return 0
  }
  const soak = Object.hasOwn(soaks, name) ? soaks[name] : undefined
  const what = name === '' ? 'no soak is named' : `there is no soak '${name}'`
  if (!soak) return refuse(`${what}; there are: ${Object.keys(soaks).join(', ')}`, print)
  print.out(`${name}: seed ${seed}`)
  try {
    const figure = await soak.run(seed, (line) => print.out(`  ${line}`))
    print.out(`${name}: ${figure} (seed ${seed})`)
    return 0
  } catch (error) {
    print.error(`${inspect(error)}\n${name}: failed; to see it again: npm run soak -- ${name} --seed ${seed}`)
    return 1
  }
}

/** The arguments, or what is wrong with them. */
function read(args: readonly string[]): Given | string {
  const options = { seed: { type: 'string' }, help: { type: 'boolean', default: false } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false })
  const unknown = Object.keys(values).find((option) => !Object.hasOwn(options, option))
  if (unknown !== undefined) return `unknown option '${unknown}': there are --seed and --help`
  const [name = '', another] = positionals
  if (another !== undefined) return `one soak at a time: '${name}' or '${another}'`
  const { seed = String(randomInt(SEEDS)), help } = values
  if (typeof seed !== 'string' || !/^\d+$/.test(seed) || Number(seed) >= SEEDS)
    return `invalid seed '${typeof seed === 'string' ? seed : ''}': give a whole number below ${SEEDS}`
  return { name, seed: Number(seed), help: help === true }
}

function usage(soaks: Readonly<Record<string, Soak>>): string {
  return [
    'usage: npm run soak -- <name> [--seed <number>]',
    '',
    ...Object.entries(soaks).map(([name, { summary }]) => `  ${name}  ${summary}`),
    '',
    `--seed <number>  repeats a run: a whole number below ${SEEDS}; without it a new seed is drawn and printed`,
    '--help           prints this',
  ].join('\n')
}

function refuse(reason: string, print: Print): 2 {
  print.error(`${reason}\nnpm run soak -- --help says more`)
  return 2
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await soakBy(process.argv.slice(2), soaks, { out: console.log, error: console.error })

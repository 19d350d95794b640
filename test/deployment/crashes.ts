import { deepEqual, ok } from 'node:assert/strict'
import { numbers } from '../support/numbers.ts'
import { killedAt } from '../world/intercept.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

/*
 * The crash sweep: a deployment is killed at a call, and the very same command, run again, must leave everything whole. Tests run it, and
 * so does `npm run soak -- crashes`; that is why it asserts with node:assert, and not as tests do.
 */

const stacks = { first: {}, second: { From: 'first.Name' }, alone: {} }
const names = Object.keys(stacks).map((stack) => `delivery-staging-${stack}`)

/** What is killed, and whether it is held to a plan that was made before. */
export const kinds = {
  'a first deployment': { begin: ready, reviewed: false },
  'a change': { begin: changed, reviewed: false },
  'a first deployment held to a plan': { begin: ready, reviewed: true },
  'a change held to a plan': { begin: changed, reviewed: true },
} as const
export type Kind = keyof typeof kinds

/** Of a call: before it is made, or before its reply comes. */
export const moments = ['before', 'after'] as const
export type Moment = (typeof moments)[number]

/** Requests arrive late, by as long as a seed decides, so that those of several stacks come in other orders; without one, at once. */
type Seed = number | undefined

function ready(seed: Seed): Promise<MemoryWorld> {
  const late = seed === undefined ? undefined : numbers(seed)
  return readyWorld(aPlatform({ stacks }), aService(), late ? { latency: () => late(4) * 400 } : {})
}

/** A world whose service was deployed once, and now asks for a change to two of its stacks. */
async function changed(seed: Seed): Promise<MemoryWorld> {
  const world = await ready(seed)
  await world.run('deploy')
  const bigger = { Resources: { Thing: { Properties: { Size: 2 } } } }
  world.write(aService({ overrides: { first: bigger, alone: bigger } }))
  return world
}

/** Kills a deployment at its k-th call, runs it again, and asserts that all is whole. Gives false if it had fewer calls, and was not killed. */
export async function crashAt(kind: Kind, k: number, moment: Moment, seed?: number): Promise<boolean> {
  const { begin, reviewed } = kinds[kind]
  const world = await begin(seed)
  const client = killedAt(k, moment)
  const inputs = reviewed ? { plan: (await world.run('plan')).outputs.digest } : {}
  const ended = await Promise.race([world.run('deploy', inputs, { name: 'first', intercept: client }), client.dead])
  // The very same command: a plan that was partly applied already is gone on with.
  const { outputs, error } = await world.run('deploy', inputs, { name: 'second' })
  deepEqual({ k, outcome: outputs.outcome, error: error?.message }, { k, outcome: 'succeeded', error: undefined })
  const unfinished = names
    .map((name) => world.cloud.stack(name)?.status)
    .filter((status) => !/^(CREATE|UPDATE)_COMPLETE$/.test(status ?? ''))
  deepEqual({ k, unfinished }, { k, unfinished: [] })
  await assertWhole(world, `killed at call ${k}`)
  return ended === undefined
}

/** Kills it at every call that it has, one after the other, and gives their number. */
export async function crashAtEvery(kind: Kind, moment: Moment, seed?: number): Promise<number> {
  let k = 1
  for (; k < 400; k++) if (!(await crashAt(kind, k, moment, seed))) break
  // The loop ended because a run got through alive, after it was killed at every call there is.
  ok(k > 30 && k < 400, `${k} calls`)
  return k - 1
}

/** Where a deployment is killed. */
export interface Crash {
  readonly at: number
  readonly moment: Moment
}

/** Two crashes, at calls that a stream of numbers decides, spread over the whole of a deployment. */
export function twoCrashes(next: (limit: number) => number): readonly [Crash, Crash] {
  const crash = (from: number): Crash => ({ at: from + next(80), moment: next(2) === 0 ? 'before' : 'after' })
  return [crash(8), crash(4)]
}

/** Kills a deployment, and the one that clears up after it; the third must clear up after both. */
export async function crashTwice(first: Crash, second: Crash, seed?: number): Promise<void> {
  const world = await changed(seed)
  const [one, two] = [killedAt(first.at, first.moment), killedAt(second.at, second.moment)]
  await Promise.race([world.run('deploy', {}, { name: 'first', intercept: one }), one.dead])
  await Promise.race([world.run('deploy', {}, { name: 'second', intercept: two }), two.dead])
  const { outputs, error } = await world.run('deploy', {}, { name: 'third' })
  deepEqual({ outcome: outputs.outcome, error: error?.message }, { outcome: 'succeeded', error: undefined })
  await assertWhole(world, `killed at call ${first.at}, then at call ${second.at}`)
}

/** The part of a closed record that is looked at. */
interface Closed {
  readonly deployment: number
  readonly outcome: string
  readonly closedBy: string | null
  readonly entries: readonly { readonly kind: string }[]
}

/** What must hold after a dead run was cleared up and the deployment went on. */
export async function assertWhole(world: MemoryWorld, at: string): Promise<void> {
  const records = world.bucket
    .keys('deployments/staging/delivery/')
    .filter((key) => /\/\d{8}\.json$/.test(key))
    .map((key) => world.bucket.json(key) as Closed)
  deepEqual({ at, numbers: records.map(({ deployment }) => deployment) }, { at, numbers: records.map((_, index) => index + 1) })
  const others = records.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'succeeded' && outcome !== 'unknown')
  deepEqual({ at, others }, { at, others: [] })
  for (const { closedBy, entries } of records.filter(({ outcome }) => outcome === 'unknown')) {
    const abandoned = entries.some(({ kind }) => kind === 'abandoned')
    deepEqual({ at, abandoned, byALaterOne: /^(second|third)$/.test(closedBy ?? '') }, { at, abandoned: true, byALaterOne: true })
  }
  deepEqual({ at, locks: world.bucket.keys('locks/') }, { at, locks: [] })
  const refs = (await Promise.all(names.map((name) => world.cloud.listChangeSets(name)))).flat()
  const described = await Promise.all(refs.map((ref) => world.cloud.describeChangeSet(ref)))
  const left = described.filter((one) => !one?.execution.startsWith('EXECUTE_')).map((one) => one?.name)
  deepEqual({ at, left }, { at, left: [] })
  const { outputs } = await world.run('log', { service: 'delivery', verify: true })
  deepEqual({ at, verified: outputs.verified }, { at, verified: true })
}

import { expect, test } from '@jest/globals'
import { type Credentials, renewed, type SessionKeys } from '../../../src/adapters/aws/credentials.ts'
import { TowpathError } from '../../../src/errors.ts'
import { virtualClock } from '../../world/clock.ts'

const MINUTE = 60_000
const role = 'arn:aws:iam::000000000001:role/team/deploy'
const denied = new TowpathError('denied', 'this job may not act as it', { hint: 'see the trust' })
const silence = new TowpathError('failed', 'no answer', { blame: 'service', transient: true })

/** Keys that come numbered, or fail as the test says. */
function ground() {
  const clock = virtualClock({ auto: false })
  const warnings: string[] = []
  const state = { fetched: 0, failing: undefined as TowpathError | undefined, takes: 0 }
  const obtain = async (): Promise<SessionKeys> => {
    const n = ++state.fetched
    if (state.takes > 0) await clock.sleep(state.takes)
    if (state.failing) throw state.failing
    return { accessKeyId: `id-${n}`, secretAccessKey: `secret-${n}`, sessionToken: `token-${n}` }
  }
  const log = { info() {}, warn: (text: string) => void warnings.push(text) }
  const give: Credentials = renewed(role, obtain, { clock, log })
  const id = async (): Promise<string> => (await give()).accessKeyId
  return { clock, warnings, state, give, id }
}

test('nothing is fetched before it is asked for, and then once for everybody', async () => {
  const { id, state, clock } = ground()
  expect(state.fetched).toBe(0)
  state.takes = 1_000
  const all = Promise.all([id(), id(), id()])
  await clock.advance(1_000)
  expect(await all).toEqual(['id-1', 'id-1', 'id-1'])
  await clock.advance(40 * MINUTE)
  expect(await id()).toBe('id-1')
  expect(state.fetched).toBe(1)
})

test('they are renewed before four fifths of their life, and nobody waits for it', async () => {
  const { id, state, clock } = ground()
  await id()
  await clock.advance(46 * MINUTE)
  state.takes = 5_000
  expect(await Promise.all([id(), id()])).toEqual(['id-1', 'id-1'])
  await clock.advance(5_000)
  expect(await id()).toBe('id-2')
  expect(state.fetched).toBe(2)
  // The new ones live as long as the old ones did.
  await clock.advance(40 * MINUTE)
  expect(await id()).toBe('id-2')
  await clock.advance(6 * MINUTE)
  await id()
  await clock.advance(5_000)
  expect(await id()).toBe('id-3')
})

test('who asks only once they have run out waits for new ones, and shares them', async () => {
  const { id, state, clock } = ground()
  await id()
  await clock.advance(90 * MINUTE)
  state.takes = 1_000
  const all = Promise.all([id(), id()])
  await clock.advance(1_000)
  expect(await all).toEqual(['id-2', 'id-2'])
  expect(state.fetched).toBe(2)
})

test('they run out by the calendar too, since the other clock stands still while a machine sleeps', async () => {
  const { id, clock } = ground()
  await id()
  clock.setNow(new Date(clock.now().getTime() + 3 * 60 * MINUTE))
  expect(await id()).toBe('id-2')
})

test('a renewal that is refused costs nothing while the old ones are good; it is told, and tried again', async () => {
  const { id, state, clock, warnings } = ground()
  await id()
  state.failing = denied
  await clock.advance(46 * MINUTE)
  for (let n = 0; n < 5; n++) expect(await id()).toBe('id-1')
  expect(state.fetched).toBe(2)
  await clock.advance(MINUTE)
  expect(await id()).toBe('id-1')
  expect(state.fetched).toBe(3)
  state.failing = undefined
  await clock.advance(MINUTE)
  await id()
  await clock.advance(0)
  expect(await id()).toBe('id-4')
  expect(warnings).toEqual(Array(2).fill('the credentials of deploy could not be renewed yet: this job may not act as it'))
})

test('once they have run out, a refusal leaves us without credentials, with the way out', async () => {
  const { id, state, clock } = ground()
  await id()
  state.failing = denied
  await clock.advance(60 * MINUTE)
  await expect(id()).rejects.toMatchObject({
    code: 'no-credentials',
    message: 'the credentials of role deploy ran out, and no new ones were given: this job may not act as it',
    hint: 'see the trust',
  })
})

test('once they have run out, silence is a passing failure', async () => {
  const { id, state, clock } = ground()
  await id()
  state.failing = silence
  await clock.advance(60 * MINUTE)
  await expect(id()).rejects.toBe(silence)
  state.failing = undefined
  expect(await id()).toBe('id-3')
})

test('a first refusal is told as it is, and the next who asks tries again', async () => {
  const { id, state } = ground()
  state.failing = denied
  await expect(id()).rejects.toBe(denied)
  state.failing = undefined
  expect(await id()).toBe('id-2')
})

test('canary: the SDK does not remember them by itself', () => {
  expect(ground().give.memoized).toBe(true)
})

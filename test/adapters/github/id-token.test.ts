import { describe, expect, test } from '@jest/globals'
import { claimsOf } from '../../../src/adapters/github/claims.ts'
import { backoff, idToken, idTokenSource } from '../../../src/adapters/github/id-token.ts'
import { TowpathError } from '../../../src/errors.ts'
import { virtualClock } from '../../world/clock.ts'

const source = { url: 'https://run.test/token/1?api-version=2.0', bearer: 'canary-bearer' }

/** GitHub, giving these answers in turn; and what was asked of it. */
function gitHub(...answers: readonly (Response | Error)[]) {
  const asked: { readonly url: string; readonly authorization: string | null }[] = []
  const clock = virtualClock()
  const send = async (address: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    asked.push({ url: String(address), authorization: new Headers(init.headers).get('authorization') })
    const answer = answers[asked.length - 1]
    if (answer instanceof Response) return answer
    throw answer ?? new Error('nobody expected this')
  }
  return { asked, clock, ask: () => idToken(source, 'sts.amazonaws.com', { clock, random: () => 0.5, send }) }
}
const given = (value: unknown): Response => Response.json({ count: 1, value })
const reset = Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('gone'), { code: 'ECONNRESET' }) })

test('a token is asked for with the audience beside the query that is there, and with the bearer token', async () => {
  const { ask, asked } = gitHub(given('token-1'))
  expect(await ask()).toBe('token-1')
  expect(asked).toEqual([
    { url: 'https://run.test/token/1?api-version=2.0&audience=sts.amazonaws.com', authorization: 'bearer canary-bearer' },
  ])
})

test('it is asked for again where there is no answer, or only "later"', async () => {
  const { ask, asked, clock } = gitHub(new Response('<html>', { status: 502 }), reset, new Response('', { status: 429 }), given('token-1'))
  expect(await ask()).toBe('token-1')
  expect(asked).toHaveLength(4)
  expect(clock.monotonic()).toBeGreaterThan(0)
})

test('a GitHub that never answers is a passing failure that tells neither token', async () => {
  const { ask } = gitHub(reset, reset, reset, reset, reset)
  const error: unknown = await ask().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'failed', transient: true, message: 'GitHub gave no ID token in 5 attempts: ECONNRESET' })
  expect(`${error} ${(error as TowpathError).hint}`).not.toContain('canary')
})

test.each([
  ['a page that is no answer', new Response('<html>')],
  ['an answer without a token', given('')],
  ['an answer whose token is none', given({ no: 'token' })],
])('%s is none', async (_, answer) => {
  const { ask, asked } = gitHub(answer.clone(), answer.clone(), answer.clone(), answer.clone(), answer.clone())
  await expect(ask()).rejects.toMatchObject({ message: 'GitHub gave no ID token in 5 attempts: the answer holds no token' })
  expect(asked).toHaveLength(5)
})

test('a refusal is final, and says which permission is lacking', async () => {
  const { ask, asked } = gitHub(new Response('no', { status: 403 }))
  const error: unknown = await ask().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TowpathError)
  expect(error).toMatchObject({ code: 'no-credentials', transient: false, hint: expect.stringContaining('id-token: write') })
  expect(asked).toHaveLength(1)
})

test('waits double up to a bound, and chance takes up to half of each', () => {
  const most = [1, 2, 3, 4, 5, 6, 60].map((attempt) => backoff(attempt, { random: () => 1 - Number.EPSILON }))
  expect(most).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
  expect(backoff(3, { random: () => 0 })).toBe(1_000)
})

test('there is something to ask only where GitHub says both where and with what', () => {
  const both = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' }
  expect(idTokenSource(both)).toEqual({ url: 'https://x', bearer: 't' })
  expect([idTokenSource({}), idTokenSource({ ...both, ACTIONS_ID_TOKEN_REQUEST_URL: '' })]).toEqual([undefined, undefined])
})

describe('the claims of a token', () => {
  const token = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
  test.each<[string, string, object]>([
    ['are its texts and numbers', token({ sub: 'repo:a/b', iat: 5, x: true, y: null, z: {} }), { sub: 'repo:a/b', iat: '5' }],
    ['hold a list as one text', token({ aud: ['one', 'two', 3] }), { aud: 'one two' }],
    ['are none in what is no token', 'abc', {}],
    ['pollute nothing', token(JSON.parse('{"__proto__": "evil"}')), JSON.parse('{"__proto__": "evil"}')],
  ])('%s', (_, text, expected) => {
    expect(claimsOf(text)).toEqual(expected)
    expect(({} as Record<string, unknown>).evil).toBeUndefined()
  })
})

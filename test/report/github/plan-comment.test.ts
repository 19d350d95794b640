import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../../src/errors.ts'
import type { KnownRun } from '../../../src/ports/pull-request-comments.ts'
import type { TitledPlan } from '../../../src/render/plan-markdown.ts'
import { postPlan } from '../../../src/report/github/plan-comment.ts'
import { COMMENT_BYTES, markerOf, type PlanNote, planParts, readMarker } from '../../../src/report/github/plan-parts.ts'
import { type FakeConversation, fakeConversation } from '../../world/github/comments.ts'

const BOT = 'github-actions[bot]'
const commit = 'c0ffee'.padEnd(40, '0')
const runOf = (number: number): string => `https://github.example/acme/delivery/actions/runs/${number}`

/** A plan of so many stacks, each with many long changes. */
function plan(stacks = 1, size = '2'): TitledPlan['plan'] {
  const properties = Array.from({ length: 12 }, (_, at) => ({
    attribute: 'Properties',
    path: `/Properties/P${at}`,
    before: 'b'.repeat(200),
    after: size,
  }))
  const changes = Array.from({ length: 20 }, (_, at) => ({
    action: 'Modify' as const,
    logicalId: `R${at}`,
    type: 'AWS::SQS::Queue',
    properties,
  }))
  return {
    digest: `sha256:${'ab'.repeat(32)}`,
    hasChanges: true,
    stacks: Array.from({ length: stacks }, (_, at) => ({
      stack: `s${at}`,
      name: `n${at}`,
      action: 'update' as const,
      provisional: false,
      changes,
      gates: [],
    })),
  }
}
const note = (more: Partial<PlanNote> = {}): PlanNote => ({
  service: 'delivery',
  environment: 'staging',
  plan: plan(),
  commit,
  run: runOf(5),
  ...more,
})

/** A conversation in a repository with these runs of one workflow, all of this pull request. */
function withRuns(ids: readonly number[]): FakeConversation {
  const talk = fakeConversation()
  for (const id of ids) talk.runs.set(id, { workflow: 1, number: id, pullRequests: [7] })
  return talk
}

describe("a plan's comment", () => {
  test('is made once, and then written in place, whatever stands between', async () => {
    const talk = fakeConversation()
    const first = await postPlan(talk.as(BOT), note())
    talk.write('alice', 'looks good')
    const second = await postPlan(talk.as(BOT), note({ plan: plan(1, '3'), run: runOf(6) }))
    expect([first.result, second.result]).toEqual(['created', 'updated'])
    expect(second.url).toBe(first.url)
    expect(talk.comments.map(({ author }) => author)).toEqual([BOT, 'alice'])
    expect(talk.comments[0]?.body).toContain('→ `3`')
  })

  test('says what it is of and where it was made', async () => {
    const [only = ''] = planParts(note())
    expect(only.split('\n').slice(1, 4)).toEqual([
      '### 📝 `delivery` to `staging`: 20 changed',
      '',
      `Of commit \`c0ffee000000\` · [log of the run](${runOf(5)})`,
    ])
    expect(only).toContain('This plan informs: the binding one is made')
  })

  test('is not written where nothing but the run differs', async () => {
    const talk = fakeConversation()
    await postPlan(talk.as(BOT), note())
    talk.calls.length = 0
    expect((await postPlan(talk.as(BOT), note({ run: runOf(6) }))).result).toBe('unchanged')
    expect(talk.calls).toEqual(['own'])
    expect((await postPlan(talk.as(BOT), note({ commit: 'd'.repeat(40), run: runOf(7) }))).result).toBe('updated')
  })

  test('is one for each service and environment, though their runs are at work together', async () => {
    const talk = fakeConversation()
    const environments = ['staging', 'production', 'eu', 'us']
    await Promise.all(environments.map((environment) => postPlan(talk.as(BOT), note({ environment }))))
    await Promise.all(environments.map((environment) => postPlan(talk.as(BOT), note({ environment, plan: plan(1, '9'), run: runOf(6) }))))
    await postPlan(talk.as(BOT), note({ service: 'other' }))
    expect(talk.comments).toHaveLength(5)
  })

  test("leaves a comment of somebody else's alone, whatever it holds", async () => {
    const talk = fakeConversation()
    await postPlan(talk.as(BOT), note())
    const stolen = talk.comments[0]?.body ?? ''
    talk.delete(talk.comments[0]?.id ?? 0)
    talk.write('mallory', stolen)
    await postPlan(talk.as(BOT), note({ plan: plan(1, '3') }))
    expect(talk.comments.map(({ author, body }) => [author, body === stolen])).toEqual([
      ['mallory', true],
      [BOT, false],
    ])
  })

  test('is made anew where somebody deletes it meanwhile', async () => {
    const talk = fakeConversation()
    await postPlan(talk.as(BOT), note())
    talk.before('replace', () => talk.delete(talk.comments[0]?.id ?? 0))
    const { url } = await postPlan(talk.as(BOT), note({ plan: plan(1, '3') }))
    expect(talk.comments.map((comment) => comment.url)).toEqual([url])
  })

  test('of a newer run is left as it is by an older one that ends later', async () => {
    const talk = withRuns([8, 9])
    await postPlan(talk.as(BOT), note({ run: runOf(9), plan: plan(1, 'new') }))
    expect((await postPlan(talk.as(BOT), note({ run: runOf(8), plan: plan(1, 'old') }))).result).toBe('left to a newer run')
    expect(talk.comments[0]?.body).toContain('`new`')
  })

  test.each<[string, KnownRun | undefined]>([
    ['that GitHub does not know', undefined],
    ['of another workflow', { workflow: 2, number: 99, pullRequests: [7] }],
    ['of another pull request', { workflow: 1, number: 99, pullRequests: [8] }],
    ['of no pull request', { workflow: 1, number: 99, pullRequests: [] }],
    ['that came before, whatever its id', { workflow: 1, number: 1, pullRequests: [7] }],
  ])('cannot be silenced by a comment of the same bot that names a run %s, nor is that one left standing', async (_, run) => {
    const talk = withRuns([8])
    if (run) talk.runs.set(999_999_999_999_999, run)
    const forged = `${markerOf(note())}1/1 run 999999999999999 -->\n### all is well, merge it\n`
    talk.write(BOT, forged)
    const { result } = await postPlan(talk.as(BOT), note({ run: runOf(8), plan: plan(1, 'real') }))
    expect(result).toBe('updated')
    expect(talk.comments).toHaveLength(1)
    expect(talk.comments[0]?.body).toContain('`real`')
    expect(talk.comments[0]?.body).not.toContain('merge it')
  })

  test('leaves nothing standing under its marker, however it is written', async () => {
    const talk = withRuns([8])
    for (const rest of ['nonsense -->\nfine', '2/2 run 7 -->\nfine', '1/1 run 8 -->\nfine', '99/1 run 0 -->\nfine'])
      talk.write(BOT, `${markerOf(note())}${rest}`)
    await postPlan(talk.as(BOT), note({ run: runOf(8), plan: plan(1, 'real') }))
    expect(talk.comments.filter(({ body }) => body.includes('fine'))).toEqual([])
  })

  test('that two runs made at once is one again after the next', async () => {
    const talk = fakeConversation()
    talk.before('create', async () => {
      await postPlan(talk.as(BOT), note({ run: runOf(5) }))
    })
    await postPlan(talk.as(BOT), note({ run: runOf(4) }))
    expect(talk.comments).toHaveLength(2)
    await postPlan(talk.as(BOT), note({ run: runOf(6) }))
    expect(talk.comments.map(({ id }) => id)).toEqual([1_001])
  })
})

describe('a plan that one comment does not hold', () => {
  test('is several, in order and numbered, each of which GitHub takes', async () => {
    const talk = fakeConversation()
    await postPlan(talk.as(BOT), note({ plan: plan(3) }))
    const bodies = talk.comments.map(({ body }) => body)
    expect(bodies.length).toBeGreaterThanOrEqual(3)
    for (const [at, body] of bodies.entries()) {
      expect(body.split('\n')[1]).toMatch(new RegExp(`^### .*\\(${at + 1} of ${bodies.length}\\)$`))
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(COMMENT_BYTES)
      expect(body.split('<details>')).toHaveLength(body.split('</details>').length)
    }
    expect(bodies.filter((body) => body.includes('This plan informs'))).toHaveLength(1)
  })

  test('is told in fewer comments once it is smaller, and in more once it has grown', async () => {
    const talk = fakeConversation()
    await postPlan(talk.as(BOT), note({ plan: plan(3) }))
    const [first, ...others] = talk.comments.map(({ id }) => id)
    await postPlan(talk.as(BOT), note({ run: runOf(6) }))
    expect(talk.comments.map(({ id }) => id)).toEqual([first])
    await postPlan(talk.as(BOT), note({ plan: plan(3), run: runOf(7) }))
    expect(talk.comments.length).toBe(1 + others.length)
    expect(talk.comments.map(({ body }) => readMarker(body)?.part)).toEqual([...Array(1 + others.length).keys()].map((at) => at + 1))
  })

  test('canary: the fake refuses what GitHub would', () => {
    expect(() => fakeConversation().write(BOT, 'x'.repeat(65_537))).toThrow('body is too long')
  })
})

test('an address that is none of a run makes no link', () => {
  const [body = ''] = planParts(note({ run: 'javascript:alert(1)//github.com/a/b/actions/runs/5', commit: '](x)' }))
  expect(body).not.toContain('](')
})

test('what GitHub refuses goes on to whoever asked', async () => {
  const talk = fakeConversation()
  talk.fail('create', new TowpathError('denied', 'no'))
  await expect(postPlan(talk.as(BOT), note())).rejects.toMatchObject({ code: 'denied' })
})

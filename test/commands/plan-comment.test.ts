import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../src/errors.ts'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const gitHub = 'github-actions[bot]'

describe('plan --comment', () => {
  test('shows the plan on the pull request, gives its address, and writes it in place the next time', async () => {
    const world = await readyWorld()
    const first = await world.run('plan', { comment: true }, { gitHub })
    expect(first.outputs.comment).toMatch(/^https:\/\/github\.example\/acme\/delivery\/pull\/7#/)
    expect(world.conversation.comments[0]?.body).toContain('### 📝 `delivery` to `staging`: first deployment')
    await world.run('deploy')
    const second = await world.run('plan', { comment: true }, { gitHub })
    expect(second.outputs.comment).toBe(first.outputs.comment)
    expect(world.conversation.comments.map(({ body }) => body.split('\n')[1])).toEqual(['### ✅ `delivery` to `staging`: nothing to do'])
  })

  test('is not asked for by default', async () => {
    const world = await readyWorld()
    expect((await world.run('plan', {}, { gitHub })).outputs.comment).toBeNull()
    expect(world.conversation.calls).toEqual([])
  })

  test.each([
    [
      'may not',
      new TowpathError('denied', 'no', { hint: "give the job the permission 'pull-requests: write'" }),
      "no; give the job the permission 'pull-requests: write'",
    ],
    ['gets no answer', new TowpathError('failed', 'GitHub gave no answer'), 'GitHub gave no answer'],
  ])('does not fail where it %s', async (_, error, text) => {
    const world = await readyWorld()
    world.conversation.fail('own', error)
    const ran = await world.run('plan', { comment: true }, { gitHub })
    expect(ran.error).toBeUndefined()
    expect(ran.outputs).toMatchObject({ 'has-changes': true, comment: null })
    expect(world.lines).toContain(`warning: the plan is not shown as a comment: ${text}`)
  })

  test('of no pull request is told', async () => {
    const world = await readyWorld()
    expect((await world.run('plan', { comment: true })).outputs.comment).toBeNull()
    expect(world.lines).toContain('warning: the plan is not shown as a comment: this run is of no pull request')
  })
})

describe('a secret in a stack', () => {
  const CANARY = 'canary-5d1f'

  /** Everything that leaves a plan, or is kept of it. */
  async function everything(world: MemoryWorld): Promise<string> {
    const { outputs, error } = await world.run('plan', { comment: true }, { gitHub })
    await world.run('deploy', { 'dry-run': true })
    const kept = world.bucket.keys().filter((key) => !key.startsWith('blobs/'))
    return JSON.stringify([outputs, error?.message, world.lines, world.conversation.comments, kept.map((key) => world.bucket.json(key))])
  }
  const withProperties = (properties: object) => ({ main: { Resources: { Thing: { Properties: properties } } } })

  test.each([
    ['a property named like one', { Password: `${CANARY}-1` }, { Password: `${CANARY}-2` }],
    ['a variable named like one', { Environment: { API_TOKEN: `${CANARY}-1` } }, { Environment: { API_TOKEN: `${CANARY}-2` } }],
    ['a URL', { Url: `https://u:${CANARY}-1@x/` }, { Url: `https://u:${CANARY}-2@x/` }],
    ['a document', { Config: `{"db":{"password":"${CANARY}-1"}}` }, { Config: `{"db":{"password":"${CANARY}-2"}}` }],
    ['user data', { UserData: `${CANARY}-1` }, { UserData: `${CANARY}-2` }],
  ])('as %s is nowhere in what a plan gives', async (_, before, after) => {
    const world = await readyWorld(aPlatform(), aService({ overrides: withProperties(before) }))
    await world.run('deploy')
    world.write(aService({ overrides: withProperties(after) }))
    const told = await everything(world)
    expect(told).toContain('will be updated')
    expect(told).not.toContain(CANARY)
  })

  test('canary: what is no secret is in all of them', async () => {
    const world = await readyWorld(aPlatform(), aService({ overrides: withProperties({ Size: `${CANARY}-1` }) }))
    await world.run('deploy')
    world.write(aService({ overrides: withProperties({ Size: `${CANARY}-2` }) }))
    const { outputs } = await world.run('plan', { comment: true }, { gitHub })
    for (const told of [JSON.stringify(outputs.stacks), String(outputs.markdown), world.conversation.comments[0]?.body]) {
      expect(told).toContain(`${CANARY}-1`)
      expect(told).toContain(`${CANARY}-2`)
    }
  })

  test.each([
    ['that another stack gives away is followed to where it goes', 'AdminToken', false],
    ['canary: and what is none is told', 'AdminName', true],
  ])('%s', async (_, output, isTold) => {
    const first = aTemplate({ outputs: { [output]: { Value: CANARY } } })
    const platform = (version: string, properties: object) =>
      aPlatform({
        version,
        stacks: { first: {}, second: { Where: `first.${output}` } },
        templates: { first, second: { ...aTemplate({ properties: { ...properties } }), Parameters: { Where: { Type: 'String' } } } },
      })
    const world = await readyWorld(platform('1.0.0', {}))
    await world.run('deploy')
    world.write(platform('1.1.0', { Copy: { Ref: 'Where' } }))
    await world.run('sync-platform', { path: '/platform' })
    const { outputs } = await world.run('plan')
    expect(JSON.stringify(outputs.stacks)).toContain('/Properties/Copy')
    expect(JSON.stringify(outputs).includes(CANARY)).toBe(isTold)
  })
})

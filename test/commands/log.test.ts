import { describe, expect, test } from '@jest/globals'
import { aService, readyWorld } from '../world/towpath.ts'

/** A world with two deployments, by two people. */
async function deployedTwice() {
  const world = await readyWorld()
  await world.run('deploy', {}, { name: 'ada', origin: { commit: 'c0ffee', run: 'https://example.org/1' } })
  world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
  await world.run('deploy', {}, { name: 'grace' })
  return world
}

describe('log', () => {
  test('lists the deployments, oldest first, with all that design 9 names', async () => {
    const world = await deployedTwice()
    const { outputs } = await world.run('log')
    expect(outputs.verified).toBeNull()
    expect(outputs.deployments).toMatchObject([
      { number: 1, kind: 'deploy', outcome: 'succeeded', actor: 'ada', commit: 'c0ffee', run: 'https://example.org/1' },
      { number: 2, kind: 'deploy', outcome: 'succeeded', actor: 'grace', commit: null, run: null },
    ])
    const [first] = outputs.deployments as readonly object[]
    expect(Object.keys(first ?? {}).sort()).toEqual([
      'actor',
      'commit',
      'finished',
      'kind',
      'number',
      'outcome',
      'parts',
      'release',
      'run',
      'started',
      'version',
    ])
  })

  test('verifies the chain', async () => {
    const world = await deployedTwice()
    expect((await world.run('log', { verify: true })).outputs).toMatchObject({ verified: true })
  })

  test.each([1, 2])('names record %d if it was changed, with the log all the same', async (number) => {
    const world = await deployedTwice()
    const key = `deployments/staging/delivery/0000000${number}.json`
    world.bucket.put(key, new TextDecoder().decode(world.bucket.bytes(key)).replace('succeeded', 'failed'))
    const { error, outputs } = await world.run('log', { verify: true })
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining(`record ${number} of delivery in staging`) })
    expect(outputs).toMatchObject({ verified: false, deployments: [{ number: 1 }, { number: 2 }] })
  })

  test('of a service that was never deployed is empty', async () => {
    const world = await readyWorld()
    expect((await world.run('log', { verify: true })).outputs).toEqual({ deployments: [], verified: true })
  })

  test('of an environment that nobody declared is refused', async () => {
    const world = await readyWorld()
    expect((await world.run('log', { environment: 'stagin' })).error).toMatchObject({
      code: 'not-found',
      hint: "did you mean 'staging'? it declares production, staging",
    })
  })

  test('needs no repository where the service is named', async () => {
    const world = await deployedTwice()
    const { outputs } = await world.run('log', { service: 'delivery', path: '/nowhere' })
    expect(outputs.deployments).toHaveLength(2)
  })

  test('writes nothing', async () => {
    const world = await deployedTwice()
    world.bucket.requests.length = 0
    await world.run('log', { verify: true })
    expect(world.bucket.requests.filter(({ method }) => method !== 'GET' && method !== 'LIST')).toEqual([])
  })
})

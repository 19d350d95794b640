import { describe, expect, test } from '@jest/globals'
import { covers, type Part, whole } from '../../src/deployment/log/parts.ts'
import { readyWorld } from '../world/towpath.ts'

test.each<[readonly Part[], readonly Part[], boolean]>([
  [['stacks'], ['stacks'], true],
  [['stacks', 'code'], ['stacks'], true],
  [['stacks', 'code'], ['code', 'stacks'], true],
  [['stacks'], ['stacks', 'code'], false],
  [['code'], ['stacks'], false],
  [[], ['stacks'], false],
])('a deployment of %j says all there is to say of %j: %s', (deployed, wanted, expected) => {
  expect(covers(deployed, wanted)).toBe(expected)
})

describe('deploy-stacks', () => {
  test('is a deployment of the stacks, and says so in its record', async () => {
    const world = await readyWorld()
    const { release } = (await world.run('create-release')).outputs
    const { outputs, error } = await world.run('deploy-stacks', { service: 'delivery', release })
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true, deployment: 1, release })
    expect(world.bucket.json('deployments/staging/delivery/00000001.json')).toMatchObject({
      kind: 'deploy',
      parts: ['stacks'],
      entries: expect.arrayContaining([expect.objectContaining({ kind: 'started', parts: ['stacks'] })]),
    })
    expect((await world.run('deploy-stacks', { service: 'delivery', release })).outputs).toMatchObject({ changed: false, deployment: 1 })
  })

  test('takes a stored release only, by a prefix, of the service in the folder if none is named', async () => {
    const world = await readyWorld()
    const { release } = (await world.run('create-release')).outputs
    const prefix = String(release).slice(7, 15)
    expect((await world.run('deploy-stacks', { release: prefix })).outputs).toMatchObject({ outcome: 'succeeded', release })
    expect((await world.run('deploy-stacks', { release: 'ffff' })).error).toMatchObject({ code: 'not-found' })
  })
})

test('a record of other parts never means that there is nothing to do', async () => {
  const world = await readyWorld()
  await world.run('deploy')
  const key = 'deployments/staging/delivery/00000001.json'
  const record = world.bucket.json(key) as { parts: Part[] }
  expect(record.parts).toEqual(whole)
  world.bucket.put('deployments/staging/delivery/head.json', undefined)
  world.bucket.put(key, JSON.stringify({ ...record, parts: ['code'] }))
  expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 2 })
  expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 2 })
})

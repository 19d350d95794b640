import { expect, test } from '@jest/globals'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

/** A world with a service of stacks each of which is fed by the one before it. */
async function chainOf(length: number): Promise<MemoryWorld> {
  const names = Array.from({ length }, (_, n) => `s${n}`)
  const inputs = (n: number): Readonly<Record<string, string>> => (n === 0 ? {} : { From: `s${n - 1}.Name` })
  const stacks = Object.fromEntries(names.map((name, n) => [name, inputs(n)]))
  // No two templates are the same: equal ones would be one blob.
  const templates = names.map((name, n) => [name, aTemplate({ parameters: Object.keys(inputs(n)), properties: { Place: n } })])
  return readyWorld(aPlatform({ stacks, templates: Object.fromEntries(templates) }))
}

/** Runs a deployment that changes something, and counts how often it reads a blob. */
async function blobsRead(world: MemoryWorld, inputs: Readonly<Record<string, unknown>> = {}): Promise<number> {
  world.bucket.requests.length = 0
  expect((await world.run('deploy', inputs)).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  return world.bucket.requests.filter(({ method, key }) => method === 'GET' && key.startsWith('blobs/')).length
}

/** A service that changes each stack of a chain. */
const changed = (length: number) =>
  aService({
    overrides: Object.fromEntries(Array.from({ length }, (_, n) => [`s${n}`, { Resources: { Thing: { Properties: { Size: 2 } } } }])),
  })

test.each([
  [10, 12],
  [20, 22],
])('a chain of %i stacks is composed and deployed with at most %i reads of blobs', async (length, most) => {
  const world = await chainOf(length)
  expect(await blobsRead(world)).toBeLessThanOrEqual(most)
  world.write(changed(length))
  expect(await blobsRead(world)).toBeLessThanOrEqual(most)
})

test('a stored release is deployed with one read of each template, though secrets are followed through all of them', async () => {
  const world = await chainOf(10)
  const { outputs } = await world.run('create-release')
  expect(await blobsRead(world, { service: 'delivery', release: outputs.release })).toBe(10)
})

test('a template that could not be read is asked for again', async () => {
  const world = await chainOf(1)
  const { outputs } = await world.run('create-release')
  world.bucket.fail({ method: 'GET', key: 'blobs/*' })
  expect(await blobsRead(world, { service: 'delivery', release: outputs.release })).toBe(2)
})

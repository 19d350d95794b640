import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../src/digest.ts'
import { type MemoryWorld, memoryWorld } from './world/towpath.ts'

/*
 * Copies of the starter platform and of both examples, which do not follow their originals, and what they came to on the day they were
 * frozen: in fixtures/frozen/expected.json. Users have such releases, plans and records in their buckets, so a change of the code that
 * moves one of these values is a change of a stored format. Whoever makes one on purpose says in the commit which value moved, and why.
 */
const frozen = join(import.meta.dirname, 'fixtures/frozen')
const services = ['greeter', 'counter'] as const
const environments = ['staging', 'production'] as const

/** Keys that are left out: blobs, whose digest a release holds, and the live entries of a deployment, which its record holds once it is closed. */
const unseen = /^blobs\/|\/\d{8}\/\d{4}\.json$/

interface Frozen {
  /** By service. */
  readonly releases: Readonly<Record<string, unknown>>
  /** By service and environment: of what is not there yet, and of what is. */
  readonly plans: Readonly<Record<string, unknown>>
  /** The SHA-256 of what is kept in the bucket for good, by its key. */
  readonly objects: Readonly<Record<string, string>>
}

/** The files below a folder of the frozen copies, as they are in the world in memory. */
async function folderOf(name: string): Promise<Record<string, string>> {
  const entries = await readdir(join(frozen, name), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.slice(frozen.length), await readFile(file, 'utf8')] as const)),
  )
}

/** Runs a verb that must succeed. */
async function runIn(world: MemoryWorld, verb: string, inputs: Readonly<Record<string, unknown>>) {
  const { outputs, error } = await world.run(verb, inputs)
  if (error) throw error
  return outputs
}

/**
 * Publishes the platform, deploys its own stacks and both services everywhere, goes on to a second release of each, and back.
 *
 * @param replaced by path: a text of the frozen files, and what stands in its place.
 */
async function lived(replaced: Readonly<Record<string, readonly [string, string]>> = {}): Promise<Frozen> {
  const files: Record<string, string> = Object.assign({}, ...(await Promise.all(['platform', ...services].map(folderOf))))
  for (const [path, [text, other]] of Object.entries(replaced)) files[path] = replace(files[path], text, other)
  const world = memoryWorld(files)
  await runIn(world, 'sync-platform', { path: '/platform' })
  for (const environment of environments) await runIn(world, 'deploy', { path: '/platform', environment })
  const releases: Record<string, unknown> = {}
  const plans: Record<string, unknown> = {}
  for (const service of services) {
    const path = `/${service}`
    releases[service] = (await runIn(world, 'create-release', { path })).release
    for (const environment of environments) {
      const release = { service, release: releases[service], environment }
      const { digest } = await runIn(world, 'plan', release)
      plans[`${service} in ${environment}`] = digest
      await runIn(world, 'deploy', { ...release, plan: digest })
      plans[`${service} in ${environment}, again`] = (await runIn(world, 'plan', release)).digest
    }
    const descriptor = `${path}/service.yml`
    world.write({ [descriptor]: replace(files[descriptor], 'index.handler', 'index.other') })
    await runIn(world, 'deploy', { path })
    await runIn(world, 'rollback', { path })
  }
  const keys = world.bucket.keys().filter((key) => !unseen.test(key))
  const objects = Object.fromEntries(keys.map((key) => [key, digestOf(world.bucket.bytes(key) ?? '')]))
  return { releases, plans, objects }
}

/** Replaces what must be there. */
function replace(text = '', part: string, by: string): string {
  expect(text).toContain(part)
  return text.replaceAll(part, by)
}

/** The values of `other` that `one` does not have, by their names. */
function moved(one: Frozen, other: Frozen): readonly string[] {
  const named = ({ releases, plans, objects }: Frozen): Readonly<Record<string, unknown>> => ({ ...releases, ...plans, ...objects })
  const before = named(one)
  return Object.entries(named(other)).flatMap(([name, value]) => (before[name] === value ? [] : [name]))
}

const expected: Frozen = JSON.parse(await readFile(join(frozen, 'expected.json'), 'utf8'))

test('the frozen platform and services come to the same releases, plans and records as ever', async () => {
  expect(await lived()).toEqual(expected)
})

/** An input, what is changed in it, and whose values that must move. */
const changes: readonly (readonly [string, Readonly<Record<string, readonly [string, string]>>, readonly string[]])[] = [
  ["a value in greeter's descriptor", { '/greeter/service.yml': ['Good day', 'Good evening'] }, ['greeter']],
  ["a word of counter's code", { '/counter/src/index.py': ['"world"', '"you"'] }, ['counter']],
  ["a number in the platform's template", { '/platform/cloudFormation/function.yml': ['Periods: 1', 'Periods: 2'] }, services],
]

describe('canary: the test above fails for another input', () => {
  test.each(changes)('%s', async (_, replaced, whose) => {
    const names = moved(expected, await lived(replaced))
    for (const service of services) {
      const places = environments.map((environment) => `${service} in ${environment}`)
      const ids = [service, ...places, ...places.map((place) => `${place}, again`)].sort()
      const record = `deployments/staging/${service}/00000001.json`
      expect({ service, moved: ids.filter((id) => names.includes(id)) }).toEqual({ service, moved: whose.includes(service) ? ids : [] })
      expect({ record, moved: names.includes(record) }).toEqual({ record, moved: whose.includes(service) })
    }
  })
})

import { beforeAll, describe, expect, test } from '@jest/globals'
import { forEach } from '../../src/bucket/blobs.ts'
import { digestOf } from '../../src/digest.ts'
import { silent } from '../../src/log.ts'
import type { Channel } from '../../src/platform/channel.ts'
import { type Publication, publish } from '../../src/platform/publish.ts'
import type { EnvironmentEntry, PlatformRelease } from '../../src/platform/release.ts'
import { type FakeObjects, fakeObjects } from '../world/objects.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A platform of some templates and roles, each with a content of its own unless it is said. */
function aPublication({
  version = '1.0.0',
  templates = 2,
  roles = 0,
  changed = {},
  environments = { staging: '000000000001' },
}: {
  readonly version?: string
  readonly templates?: number
  readonly roles?: number
  readonly changed?: Readonly<Record<string, string>>
  readonly environments?: Readonly<Record<string, string>>
} = {}): Publication {
  const contents = new Map<string, Uint8Array>()
  const named = (kind: string, count: number): Record<string, ReturnType<typeof digestOf>> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => {
        const name = `${kind}${index}`
        const bytes = encode(changed[name] ?? `the content of ${name}`)
        contents.set(digestOf(bytes), bytes)
        return [name, digestOf(bytes)]
      }),
    )
  const release: PlatformRelease = {
    schema: 'towpath/platform-release@1',
    platform: 'acme',
    version,
    templates: named('t', templates),
    roles: named('r', roles),
    playbooks: {},
    stacks: {},
    blueprints: {},
    environments: Object.fromEntries(Object.keys(environments).map((name) => [name, { tags: {}, parameters: {} }])),
  }
  const entries = Object.entries(environments).map(([environment, account]): [string, EnvironmentEntry] => [
    environment,
    { schema: 'towpath/environment@1', environment, account, region: 'eu-west-1', bucket: null },
  ])
  return {
    release,
    environments: Object.fromEntries(entries),
    content: async (digest) => contents.get(digest) ?? new Uint8Array(),
  }
}

const send = (bucket: FakeObjects, publication: Publication, channel = 'stable') => publish(bucket, publication, channel, silent)

/** What somebody who follows the channel sees: the release it names, if it is really there and whole. */
function inForce(bucket: FakeObjects, channel = 'stable'): string | undefined {
  const pointer = bucket.json(`platform/channels/${channel}.json`) as Channel | undefined
  if (!pointer) return undefined
  const release = bucket.bytes(`platform/releases/${pointer.version}.json`)
  const blobs = Object.values(pointer.inventory).map((digest) => bucket.bytes(`blobs/sha256/${digest.slice(7)}`))
  const isWhole = release !== undefined && digestOf(release) === pointer.release && blobs.every((blob) => blob !== undefined)
  return isWhole ? pointer.version : `${pointer.version}, and damaged`
}

/** The requests that a deed makes. */
async function counted(bucket: FakeObjects, deed: () => Promise<unknown>): Promise<readonly string[]> {
  bucket.requests.length = 0
  await deed()
  return bucket.requests.map(({ method, key }) => `${method} ${key}`)
}

describe('the requests of a sync, on a platform of 2,000 templates and roles', () => {
  const large = { templates: 1_600, roles: 400 }
  const bucket = fakeObjects()
  let first: readonly string[]
  beforeAll(async () => {
    first = await counted(bucket, () => send(bucket, aPublication(large)))
  })

  test('are, the first time, the blobs and three, and two for its environment', () => {
    expect(first).toHaveLength(2_000 + 3 + 2)
  })

  test('are one GET of the channel, if nothing changed', async () => {
    const requests = await counted(bucket, () => send(bucket, aPublication(large)))
    expect(requests).toEqual(['GET platform/channels/stable.json'])
  })

  test('are the changed blobs and three, if some changed', async () => {
    const next = aPublication({ ...large, version: '1.1.0', changed: { t3: 'new', t900: 'newer', r7: 'newest' } })
    const requests = await counted(bucket, () => send(bucket, next))
    expect(requests).toHaveLength(3 + 3)
    expect(requests.at(0)).toBe('GET platform/channels/stable.json')
    expect(requests.slice(-2)).toEqual(['PUT platform/releases/1.1.0.json', 'PUT platform/channels/stable.json'])
  })

  test('are three, if only platform.yml changed', async () => {
    const requests = await counted(bucket, () =>
      send(bucket, aPublication({ ...large, version: '1.2.0', changed: { t3: 'new', t900: 'newer', r7: 'newest' } })),
    )
    expect(requests).toHaveLength(3)
  })

  test('are two more for each environment whose entry changed', async () => {
    const two = { staging: '000000000001', production: '000000000002' }
    await send(bucket, aPublication({ ...large, version: '1.3.0', environments: two }))
    const moved = { staging: '000000000001', production: '000000000003' }
    const requests = await counted(bucket, () => send(bucket, aPublication({ ...large, version: '1.4.0', environments: moved })))
    expect(requests).toHaveLength(3 + 2)
    expect(requests.filter((request) => request.includes('environments/'))).toEqual([
      'GET environments/production.json',
      'PUT environments/production.json',
    ])
  })

  test('are one more where the very version was published to another channel: its content must be read to know that it is ours', async () => {
    await send(bucket, aPublication({ ...large, version: '2.0.0', changed: { t1: 'two' } }), 'next')
    const requests = await counted(bucket, () => send(bucket, aPublication({ ...large, version: '2.0.0', changed: { t1: 'two' } })))
    expect(requests.filter((request) => !request.includes('blobs/') && !request.includes('environments/'))).toEqual([
      'GET platform/channels/stable.json',
      'PUT platform/releases/2.0.0.json',
      'GET platform/releases/2.0.0.json',
      'PUT platform/channels/stable.json',
    ])
  })
})

describe('a sync', () => {
  test('has at least 64 uploads in flight', async () => {
    const bucket = fakeObjects()
    const held = bucket.hold({ method: 'PUT', key: 'blobs/*', times: Number.POSITIVE_INFINITY })
    const sent = send(bucket, aPublication({ templates: 500 }))
    await held.reached
    for (let turn = 0; turn < 1_000; turn++) await undefined
    const inFlight = bucket.requests.filter(({ method }) => method === 'PUT').length
    held.release()
    await sent
    expect(inFlight).toBeGreaterThanOrEqual(64)
    expect(inFlight).toBeLessThan(500)
  })

  test('counts what it sent and what was there', async () => {
    const bucket = fakeObjects()
    expect(await send(bucket, aPublication({ templates: 3 }))).toMatchObject({ uploaded: 3, unchanged: 0, channelMoved: true })
    expect(await send(bucket, aPublication({ templates: 3 }))).toMatchObject({ uploaded: 0, unchanged: 3, channelMoved: false })
    const next = aPublication({ templates: 3, version: '1.1.0', changed: { t0: 'new' } })
    expect(await send(bucket, next)).toMatchObject({ version: '1.1.0', uploaded: 1, unchanged: 2, channelMoved: true })
  })

  test('that finds a blob there, from whomever, does not count it as sent', async () => {
    const bucket = fakeObjects()
    bucket.put(`blobs/sha256/${digestOf('the content of t0').slice(7)}`, 'the content of t0')
    expect(await send(bucket, aPublication({ templates: 2 }))).toMatchObject({ uploaded: 1, unchanged: 1 })
  })

  test('of the same content twice sends it once', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication({ templates: 2, changed: { t0: 'same', t1: 'same' } }))
    expect(bucket.requests.filter(({ key }) => key.startsWith('blobs/'))).toHaveLength(1)
  })

  test('to a channel of its own does not move the environments', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication())
    await send(bucket, aPublication({ version: '2.0.0', environments: { staging: '000000000009' } }), 'next')
    expect(bucket.json('environments/staging.json')).toMatchObject({ account: '000000000001' })
    expect([inForce(bucket), inForce(bucket, 'next')]).toEqual(['1.0.0', '2.0.0'])
  })

  test('of another account needs no other version, and moves the entry and the channel only', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication())
    const requests = await counted(bucket, () => send(bucket, aPublication({ environments: { staging: '000000000009' } })))
    expect(requests).toEqual([
      'GET platform/channels/stable.json',
      'GET environments/staging.json',
      'PUT environments/staging.json',
      'PUT platform/channels/stable.json',
    ])
    expect(bucket.json('environments/staging.json')).toMatchObject({ account: '000000000009' })
  })

  test('keeps an environment that is declared no longer, and tells', async () => {
    const bucket = fakeObjects()
    const told: string[] = []
    await send(bucket, aPublication({ environments: { staging: '000000000001', old: '000000000002' } }))
    await publish(bucket, aPublication({ version: '1.1.0' }), 'stable', { ...silent, warn: (text) => void told.push(text) })
    expect(bucket.json('environments/old.json')).toMatchObject({ account: '000000000002' })
    expect(told).toEqual([expect.stringContaining("environment 'old' is not in platform.yml any more")])
  })

  test('puts the channel back to an older release that is there', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication())
    await send(bucket, aPublication({ version: '2.0.0', changed: { t0: 'two' } }))
    await publish(bucket, aPublication(), 'stable', silent, undefined, { downgrade: true })
    expect(inForce(bucket)).toBe('1.0.0')
  })
})

describe('a sync that is stopped', () => {
  const next = aPublication({
    version: '2.0.0',
    templates: 3,
    changed: { t1: 'two', t2: 'two too' },
    environments: { staging: '000000000009' },
  })

  /** A bucket with version 1.0.0 in force. */
  async function published(): Promise<FakeObjects> {
    const bucket = fakeObjects()
    await send(bucket, aPublication({ templates: 3 }))
    bucket.requests.length = 0
    return bucket
  }

  const whole = 1 + 2 + 1 + 2 + 1 // channel, blobs, release, environment, channel

  test('is stopped at every request there is', async () => {
    const bucket = await published()
    expect(await counted(bucket, () => send(bucket, next))).toHaveLength(whole)
  })

  test.each(Array.from({ length: whole }, (_, index) => index + 1))(
    'at request %d leaves the old release in force, and the next run sends only the rest',
    async (nth) => {
      const bucket = await published()
      bucket.fail({ caller: 'killed', nth, times: Number.POSITIVE_INFINITY })
      await expect(publish(bucket.as('killed'), next, 'stable', silent)).rejects.toMatchObject({ code: 'failed' })
      expect(inForce(bucket)).toBe('1.0.0')

      const before = new Set(bucket.keys())
      const again = await send(bucket, next)
      expect(inForce(bucket)).toBe('2.0.0')
      expect(bucket.json('environments/staging.json')).toMatchObject({ account: '000000000009' })
      const created = bucket.keys().filter((key) => key.startsWith('blobs/') && !before.has(key))
      expect(again.uploaded).toBe(created.length)
    },
  )

  test.each(Array.from({ length: whole }, (_, index) => index + 1))(
    'after request %d was applied and its answer lost leaves one of the two in force, whole, and the next run completes',
    async (nth) => {
      const bucket = await published()
      bucket.drop({ caller: 'cut off', nth })
      await publish(bucket.as('cut off'), next, 'stable', silent).catch(() => {})
      expect(['1.0.0', '2.0.0']).toContain(inForce(bucket))
      await send(bucket, next)
      expect(inForce(bucket)).toBe('2.0.0')
      expect(bucket.json('environments/staging.json')).toMatchObject({ account: '000000000009' })
    },
  )

  test('canary: a channel that moves before its release is seen as damaged', async () => {
    const bucket = await published()
    const channel = bucket.json('platform/channels/stable.json') as Channel
    bucket.put('platform/channels/stable.json', JSON.stringify({ ...channel, version: '2.0.0' }))
    expect(inForce(bucket)).toBe('2.0.0, and damaged')
  })
})

describe('another content under a version that exists', () => {
  /** What a refused sync leaves behind, and says. */
  async function refused(bucket: FakeObjects, publication: Publication, channel = 'stable') {
    const before = bucket.keys().map((key) => [key, bucket.bytes(key)])
    const error = await send(bucket, publication, channel).then(
      () => undefined,
      (error: unknown) => error,
    )
    const moved =
      bucket.keys().filter((key) => !key.startsWith('blobs/')).length !== before.filter(([key]) => !String(key).startsWith('blobs/')).length
    return { error, moved, same: JSON.stringify(before) === JSON.stringify(bucket.keys().map((key) => [key, bucket.bytes(key)])) }
  }

  test('is refused with the files that differ, and nothing is written', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication({ templates: 2 }))
    const { error, same } = await refused(bucket, aPublication({ templates: 3, changed: { t0: 'other' } }))
    expect(error).toMatchObject({
      code: 'conflict',
      message: 'platform release 1.0.0 is published already with other content: cloudFormation/t0 (changed), cloudFormation/t2 (new)',
      hint: "a published version never changes: raise 'version' in platform.yml",
    })
    expect(same).toBe(true)
  })

  test('is refused with the keys of platform.yml that differ', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication())
    const publication = aPublication()
    const environments = { staging: { tags: {}, parameters: { main: { Size: 2 } } } }
    const { error, same } = await refused(bucket, { ...publication, release: { ...publication.release, environments } })
    expect(error).toMatchObject({
      message: expect.stringMatching(/other content: 'environments.staging.parameters.main' in platform.yml$/),
    })
    expect(same).toBe(true)
  })

  test('is refused on another channel too, where it is seen only at the release: no pointer moves', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication())
    await send(bucket, aPublication({ version: '2.0.0' }), 'next')
    const { error, moved } = await refused(bucket, aPublication({ version: '1.0.0', changed: { t0: 'other' } }), 'next')
    expect(error).toMatchObject({ code: 'conflict' })
    expect(moved).toBe(false)
    expect([inForce(bucket), inForce(bucket, 'next')]).toEqual(['1.0.0', '2.0.0'])
  })

  test('names at most ten differences, and counts the rest', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication({ templates: 0 }))
    const { error } = await refused(bucket, aPublication({ templates: 30 }))
    expect(error).toMatchObject({ message: expect.stringMatching(/cloudFormation\/t17 \(new\), and 20 more$/) })
  })
})

describe('two syncs at once', () => {
  test('of the same content both end well', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication())
    const next = aPublication({ version: '2.0.0', environments: { staging: '000000000009' } })
    const both = await Promise.all(['one', 'other'].map((caller) => publish(bucket.as(caller), next, 'stable', silent)))
    expect(both.map(({ version }) => version)).toEqual(['2.0.0', '2.0.0'])
    expect(inForce(bucket)).toBe('2.0.0')
  })

  test('of different versions: the slower one is told, and what is in force is whole', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication())
    const held = bucket.hold({ caller: 'slow', method: 'PUT', key: 'platform/channels/stable.json' })
    const slow = publish(bucket.as('slow'), aPublication({ version: '2.0.0', changed: { t0: 'two' } }), 'stable', silent)
    await held.reached
    await publish(bucket.as('fast'), aPublication({ version: '3.0.0', changed: { t0: 'three' } }), 'stable', silent)
    held.release()
    await expect(slow).rejects.toMatchObject({
      code: 'failed',
      message: "another run moved channel 'stable' at the same time, so this one stopped before it",
    })
    expect(inForce(bucket)).toBe('3.0.0')
  })

  test('that move an environment to different places: where it is belongs to the release in force', async () => {
    const bucket = fakeObjects()
    await send(bucket, aPublication())
    const at = (account: string, version: string): Publication => aPublication({ version, environments: { staging: account, qa: account } })
    const first = bucket.hold({ caller: 'first', method: 'PUT', key: 'platform/channels/stable.json' })
    const winner = publish(bucket.as('first'), at('000000000002', '2.0.0'), 'stable', silent)
    await first.reached
    const second = bucket.hold({ caller: 'second', method: 'PUT', key: 'platform/channels/stable.json' })
    const loser = publish(bucket.as('second'), at('000000000003', '3.0.0'), 'stable', silent)
    await second.reached
    first.release()
    await winner
    second.release()
    await expect(loser).rejects.toMatchObject({ code: 'failed' })
    expect(inForce(bucket)).toBe('2.0.0')
    for (const name of ['staging', 'qa']) expect(bucket.json(`environments/${name}.json`)).toMatchObject({ account: '000000000002' })
  })

  test('that publish other content under one version: one is refused', async () => {
    const bucket = fakeObjects()
    const contents = ['one', 'other'].map((content) => aPublication({ changed: { t0: content } }))
    const both = await Promise.allSettled(contents.map((one) => publish(bucket, one, 'stable', silent)))
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
    expect(inForce(bucket)).toBe('1.0.0')
  })
})

test('canary: work that is done one by one is not 64 at once', async () => {
  let most = 0
  let now = 0
  await forEach(
    new Array(100).keys(),
    async () => {
      most = Math.max(most, ++now)
      await undefined
      now -= 1
    },
    1,
  )
  expect(most).toBe(1)
})

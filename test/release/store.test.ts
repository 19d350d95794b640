import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../src/digest.ts'
import type { Manifest } from '../../src/release/manifest.ts'
import { releaseOf } from '../../src/release/manifest.ts'
import { findRelease, readRelease, storeRelease } from '../../src/release/store.ts'
import { type FakeObjects, fakeObjects } from '../world/objects.ts'

const aManifest = (owner = 'logistics'): Manifest => ({
  schema: 'towpath/release@1',
  service: 'delivery',
  owner,
  blueprint: 'thing',
  platform: { name: 'acme', version: '1.0.0', digest: digestOf('platform') },
  artefact: null,
  stacks: {},
  environments: {},
  sources: { descriptor: null, templates: {}, overrides: {}, additions: {} },
})

const composed = (manifest: Manifest, texts: readonly string[] = []) => ({
  manifest,
  blobs: new Map(texts.map((text) => [digestOf(text), new TextEncoder().encode(text)])),
  templates: new Map(),
  unchecked: [],
})

/** Two releases whose names begin with the same digit, and what they share. */
function alike(): { readonly owners: readonly [string, string]; readonly digit: string } {
  const seen = new Map<string, string>()
  for (let n = 0; ; n++) {
    const digit = releaseOf(aManifest(`o${n}`)).id.slice(7, 8)
    const other = seen.get(digit)
    if (other !== undefined) return { owners: [other, `o${n}`], digit }
    seen.set(digit, `o${n}`)
  }
}

/** A bucket that holds releases, with their ids. */
async function holding(...owners: readonly string[]): Promise<{ readonly bucket: FakeObjects; readonly ids: readonly string[] }> {
  const bucket = fakeObjects()
  const ids = []
  for (const owner of owners) ids.push((await storeRelease(bucket, composed(aManifest(owner)))).id)
  return { bucket, ids }
}

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a release', () => {
  test('is stored with its blobs first and its manifest last', async () => {
    const bucket = fakeObjects()
    const { id } = await storeRelease(bucket, composed(aManifest(), ['one', 'two']))
    const written = bucket.requests.filter(({ method }) => method === 'PUT').map(({ key }) => key)
    expect(written).toHaveLength(3)
    expect(written.at(-1)).toBe(`services/delivery/releases/${id.slice(7)}.json`)
  })

  test('that is there already sends nothing', async () => {
    const bucket = fakeObjects()
    await storeRelease(bucket, composed(aManifest(), ['one']))
    bucket.requests.length = 0
    await storeRelease(bucket, composed(aManifest(), ['one']))
    expect(bucket.requests.map(({ method }) => method)).toEqual(['HEAD'])
  })

  test('that was stored by half is completed by the next run', async () => {
    const bucket = fakeObjects()
    bucket.fail({ method: 'PUT', nth: 2 })
    await caught(storeRelease(bucket, composed(aManifest(), ['one', 'two'])))
    expect(bucket.keys('services/')).toEqual([])
    await storeRelease(bucket, composed(aManifest(), ['one', 'two']))
    expect(bucket.keys()).toHaveLength(3)
  })
})

describe('a release is found', () => {
  test.each([1, 4, 12, 64])('by a unique prefix of %d digits, in any case, with or without sha256:', async (digits) => {
    const { bucket, ids } = await holding('logistics')
    const prefix = (ids[0] ?? '').slice(7, 7 + digits)
    for (const written of [prefix, prefix.toUpperCase(), `sha256:${prefix}`])
      expect(await findRelease(bucket, 'delivery', written)).toMatchObject({ id: ids[0], manifest: { owner: 'logistics' } })
  })

  test('by none that two share: the candidates are listed, and can be told apart', async () => {
    const { owners, digit } = alike()
    const { bucket, ids } = await holding(...owners)
    const error = await caught(findRelease(bucket, 'delivery', digit))
    expect(error).toMatchObject({ code: 'not-found', message: `'${digit}' is ambiguous: 2 releases of service 'delivery' begin with it` })
    for (const id of ids) expect(error).toMatchObject({ hint: expect.stringContaining(id.slice(7, 19)) })
  })

  test('by none that nobody has: those there are are listed', async () => {
    const { bucket, ids } = await holding('logistics')
    const wrong = ids[0]?.startsWith('sha256:0') ? '1' : '0'
    for (const prefix of [wrong, wrong.repeat(64)])
      expect(await caught(findRelease(bucket, 'delivery', prefix))).toMatchObject({
        code: 'not-found',
        hint: `there are ${ids[0]?.slice(7, 19)}`,
      })
  })

  test('for no service that has none: it is said, with the bucket', async () => {
    const { bucket } = await holding('logistics')
    expect(await caught(findRelease(bucket, 'delviery', 'abc'))).toMatchObject({
      code: 'not-found',
      message: "service 'delviery' has no release in bucket 'acme-platform'",
    })
  })

  test.each(['', 'latest', '3.2.0', '../../locks', 'g123'])('by no name such as %j', async (wrong) => {
    const { bucket } = await holding('logistics')
    bucket.requests.length = 0
    expect(await caught(findRelease(bucket, 'delivery', wrong))).toMatchObject({ code: 'bad-input' })
    expect(bucket.requests).toEqual([])
  })
})

describe('a manifest that is damaged', () => {
  test.each<[string, (text: string) => string, string]>([
    ['by another content', (text) => text.replace('logistics', 'somebody'), 'is damaged: its content has another digest'],
    ['by another schema', (text) => text.replace('towpath/release@1', 'towpath/release@9'), 'has schema "towpath/release@9"'],
    ['by no JSON', () => 'oops', 'is no JSON document'],
  ])('%s is not applied', async (_, damage, message) => {
    const { bucket, ids } = await holding('logistics')
    const key = bucket.keys('services/')[0] ?? ''
    bucket.put(key, damage(new TextDecoder().decode(bucket.bytes(key))))
    const error = await caught(readRelease(bucket, 'delivery', ids[0] as Parameters<typeof readRelease>[2]))
    expect(error).toMatchObject({ code: 'failed', blame: 'service', message: expect.stringContaining(message) })
  })
})

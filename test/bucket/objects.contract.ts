import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { ETag, ListOptions, Objects } from '../../src/bucket/objects.ts'
import { type Digest, digestOf } from '../../src/digest.ts'
import { TowpathError } from '../../src/errors.ts'
import { aLargeBody } from '../support/large-body.ts'

/** Where the contract is tried out. Asked once, before the tests; everything it writes is below one prefix. */
export interface Ground {
  /** A bucket that is there. */
  readonly objects: Objects
  /** One that is not. */
  readonly missing: Objects
  /** Removes what is below a prefix. */
  clear?(prefix: string): Promise<void>
}

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)
const stale = '"00000000000000000000000000000000"' as ETag

/** What Towpath relies on in a bucket, whoever keeps it: the fake, the emulator, or S3. */
export function objectsContract(open: () => Promise<Ground>): void {
  const prefix = `towpath-contract/${randomUUID()}`
  let ground: Ground
  let objects: Objects
  let tests = 0
  let key: string

  beforeAll(async () => {
    ground = await open()
    objects = ground.objects
  })
  beforeEach(() => {
    key = `${prefix}/${++tests}/object.json`
  })
  afterAll(() => ground.clear?.(prefix))

  async function found(key: string): Promise<{ text: string; etag: ETag; digest: Digest }> {
    const answer = await objects.get(key)
    if (answer === undefined || answer === 'unchanged') throw new Error(`${key} should be there, but is ${answer}`)
    return { text: new TextDecoder().decode(answer.body), etag: answer.etag, digest: digestOf(answer.body) }
  }

  async function keysOf(prefix: string, only?: ListOptions): Promise<readonly string[]> {
    return (await objects.list(prefix, only)).map(({ key }) => key)
  }

  async function created(key: string, content: string): Promise<ETag> {
    const etag = await objects.create(key, bytes(content))
    if (etag === 'exists') throw new Error(`${key} should not have been there`)
    return etag
  }

  describe('checking', () => {
    test('passes over a bucket that is there, and refuses one that is not', async () => {
      await objects.check()
      await expect(ground.missing.check()).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('bucket') })
    })
  })

  describe('reading', () => {
    test('in pieces gives the same bytes, and nothing where nothing is', async () => {
      const content = 'piece '.repeat(50_000)
      await created(key, content)
      const pieces = await Array.fromAsync((await objects.stream(key)) ?? [])
      expect(Buffer.concat(pieces).toString() === content).toBe(true)
      expect(await objects.stream(`${key}.not`)).toBeUndefined()
      await expect(ground.missing.stream(key)).rejects.toMatchObject({ code: 'not-found' })
    })

    test('in pieces can be left early', async () => {
      await created(key, 'piece '.repeat(50_000))
      for await (const piece of (await objects.stream(key)) ?? []) if (piece.length > 0) break
      expect(await found(key)).toMatchObject({ text: expect.stringMatching(/^piece /) })
    })

    test('gives what was created, and the ETag that creating gave', async () => {
      const etag = await created(key, 'one')
      expect(await found(key)).toMatchObject({ text: 'one', etag })
      expect(await objects.stat(key)).toMatchObject({ bytes: 3, etag, digest: digestOf('one') })
    })

    test('gives nothing for a key that is not there', async () => {
      expect(await objects.get(key)).toBeUndefined()
      expect(await objects.get(key, stale)).toBeUndefined()
      expect(await objects.stat(key)).toBeUndefined()
      expect(await objects.measure(key)).toBeUndefined()
    })

    test('gives no content for an object that is known, until it has changed', async () => {
      const etag = await created(key, 'one')
      expect(await objects.get(key, etag)).toBe('unchanged')
      expect(await objects.get(key, stale)).toMatchObject({ etag })
      await objects.replace(key, bytes('two'), etag)
      expect(await objects.get(key, etag)).toMatchObject({ body: bytes('two') })
    })

    test('tells an empty object from none', async () => {
      await created(key, '')
      expect(await found(key)).toMatchObject({ text: '' })
      expect(await objects.stat(key)).toMatchObject({ bytes: 0, digest: digestOf('') })
      expect(await objects.measure(key)).toMatchObject({ digest: digestOf('') })
    })

    test('finds keys with characters that URLs are particular about', async () => {
      const odd = `${prefix}/odd/a b+c%20d/ü&?#=é.json`
      await created(odd, 'odd')
      expect(await found(odd)).toMatchObject({ text: 'odd' })
      expect(await keysOf(`${prefix}/odd/a b+`)).toEqual([odd])
    })
  })

  describe('an ETag', () => {
    test('is equal for equal content, and another for other content', async () => {
      const one = await created(key, 'one')
      expect(await created(`${key}.copy`, 'one')).toBe(one)
      const two = await objects.replace(key, bytes('two'), one)
      expect(two).not.toBe(one)
      expect(await objects.replace(key, bytes('one'), two as ETag)).toBe(one)
    })
  })

  describe('creating', () => {
    test('leaves alone what is there, whatever its content', async () => {
      await created(key, 'one')
      expect(await objects.create(key, bytes('two'))).toBe('exists')
      expect(await objects.create(key, bytes('one'))).toBe('exists')
      expect(await found(key)).toMatchObject({ text: 'one' })
    })

    test('has one winner of twenty at once', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => objects.create(key, bytes(`number ${n}`))))
      const winners = answers.flatMap((answer, n) => (answer === 'exists' ? [] : [{ text: `number ${n}`, etag: answer }]))
      expect(winners).toEqual([expect.objectContaining({ text: (await found(key)).text, etag: (await found(key)).etag })])
    })

    test('tells how much has gone when it all went at once', async () => {
      const sent: number[] = []
      await objects.create(key, bytes('one'), (gone) => sent.push(gone))
      expect(sent).toEqual([3])
    })

    test('is possible again once the object was removed', async () => {
      await objects.remove(key, await created(key, 'one'))
      await created(key, 'two')
      expect(await found(key)).toMatchObject({ text: 'two' })
    })

    test('takes 20 MB from a stream, telling how much has gone', async () => {
      const body = aLargeBody(20)
      const sent: number[] = []
      const etag = await objects.create(key, body, (bytes) => sent.push(bytes))
      expect(await found(key)).toMatchObject({ digest: body.digest, etag })
      expect(await objects.stat(key)).toMatchObject({ bytes: body.bytes, digest: body.digest })
      expect(await objects.measure(key)).toMatchObject({ digest: body.digest })
      expect(sent.at(-1)).toBe(body.bytes)
      expect(sent).toEqual(sent.toSorted((a, b) => a - b))
      expect(sent.length).toBeGreaterThan(10)
      expect(await objects.create(key, body)).toBe('exists')
    })

    test.each([
      ['has another digest', { digest: digestOf('something else') }],
      ['is shorter than it says', { bytes: 1024 * 1024 + 1 }],
      ['is longer than it says', { bytes: 1024 * 1024 - 1 }],
    ])('refuses a stream that %s, and stores nothing', async (_, lie) => {
      await expect(objects.create(key, { ...aLargeBody(1), ...lie })).rejects.toMatchObject({ name: 'TowpathError', code: 'failed' })
      expect(await objects.get(key)).toBeUndefined()
    })

    test('passes on what goes wrong while a stream is read, and stores nothing', async () => {
      const body = aLargeBody(3)
      async function* broken(): AsyncGenerator<Uint8Array> {
        for await (const piece of body.open()) {
          yield piece
          throw new TowpathError('bad-input', 'the file is gone')
        }
      }
      await expect(objects.create(key, { ...body, open: broken })).rejects.toThrow('the file is gone')
      expect(await objects.get(key)).toBeUndefined()
    })
  })

  describe('replacing', () => {
    test('writes over what was seen, and gives the new ETag', async () => {
      const etag = await objects.replace(key, bytes('two'), await created(key, 'one'))
      expect(await found(key)).toMatchObject({ text: 'two', etag })
    })

    test('leaves alone what is not what was seen', async () => {
      const old = await created(key, 'one')
      await objects.replace(key, bytes('two'), old)
      expect(await objects.replace(key, bytes('three'), old)).toBe('changed')
      expect(await found(key)).toMatchObject({ text: 'two' })
    })

    test('does not bring back what is gone', async () => {
      expect(await objects.replace(key, bytes('two'), stale)).toBe('changed')
      expect(await objects.get(key)).toBeUndefined()
      const etag = await created(key, 'one')
      await objects.remove(key, etag)
      expect(await objects.replace(key, bytes('two'), etag)).toBe('changed')
      expect(await objects.get(key)).toBeUndefined()
    })

    test('has one winner of twenty at once', async () => {
      const etag = await created(key, 'one')
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => objects.replace(key, bytes(`number ${n}`), etag)))
      expect(answers.filter((answer) => answer !== 'changed')).toEqual([(await found(key)).etag])
    })
  })

  describe('removing', () => {
    test('removes what was seen', async () => {
      expect(await objects.remove(key, await created(key, 'one'))).toBe('removed')
      expect(await objects.get(key)).toBeUndefined()
    })

    test('leaves alone what is not what was seen', async () => {
      await created(key, 'one')
      expect(await objects.remove(key, stale)).toBe('changed')
      expect(await found(key)).toMatchObject({ text: 'one' })
    })

    test('tells of what is gone already', async () => {
      expect(await objects.remove(key, stale)).toBe('changed')
    })
  })

  describe('listing', () => {
    test('gives 3,000 keys in UTF-8 order', async () => {
      // UTF-16, by which JavaScript compares, has the last two the other way round.
      const special = ['~', 'é', '\u{ff5e}', '\u{1f6a3}'].map((name) => `${prefix}/many/${name}`)
      const plain = Array.from({ length: 2_996 }, (_, n) => `${prefix}/many/${String(n).padStart(4, '0')}`)
      const queue = [...special, ...plain].reverse()
      const worker = async (): Promise<void> => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) await created(next, 'x')
      }
      await Promise.all(Array.from({ length: 64 }, worker))
      expect(await keysOf(`${prefix}/many/`)).toEqual([...plain, ...special])
      expect(await keysOf(`${prefix}/many/`, { after: `${prefix}/many/2990` })).toEqual([...plain.slice(2_991), ...special])
    })

    test('gives only what begins with the prefix', async () => {
      for (const name of ['a/1', 'ab', 'a/2/x', 'b']) await created(`${prefix}/some/${name}`, 'x')
      expect(await keysOf(`${prefix}/some/a/`)).toEqual(['1', '2/x'].map((name) => `${prefix}/some/a/${name}`))
      expect(await keysOf(`${prefix}/none/`)).toEqual([])
    })

    test('leaves out what is in folders, where it is asked to, and gives the ETag of what is left', async () => {
      const etag = await created(`${prefix}/flat/1`, 'x')
      for (const name of ['1/deep', '2/deep', '3', '4/a/b']) await created(`${prefix}/flat/${name}`, name)
      expect(await keysOf(`${prefix}/flat/`, { flat: true })).toEqual(['1', '3'].map((name) => `${prefix}/flat/${name}`))
      expect(await objects.list(`${prefix}/flat/1`, { flat: true })).toEqual([{ key: `${prefix}/flat/1`, etag }])
      expect(await keysOf(`${prefix}/flat/`, { flat: true, after: `${prefix}/flat/1` })).toEqual([`${prefix}/flat/3`])
    })
  })

  test('a URL is path-style and names the key', () => {
    expect(objects.url('blobs/sha256/a b')).toMatch(/^https?:\/\/[^/]+\/[^/]+\/blobs\/sha256\/a%20b$/)
    expect(objects.url('x')).toContain(`/${objects.bucket}/x`)
  })

  test.each<[string, (none: Objects) => Promise<unknown>]>([
    ['get', (none) => none.get('a')],
    ['stat', (none) => none.stat('a')],
    ['measure', (none) => none.measure('a')],
    ['create', (none) => none.create('a', bytes('one'))],
    ['replace', (none) => none.replace('a', bytes('one'), stale)],
    ['remove', (none) => none.remove('a', stale)],
    ['list', (none) => none.list('')],
  ])('%s tells of a bucket that does not exist by name', async (_, ask) => {
    await expect(ask(ground.missing)).rejects.toMatchObject({
      code: 'not-found',
      message: `bucket '${ground.missing.bucket}' does not exist`,
      hint: expect.stringContaining(`towpath bootstrap --bucket ${ground.missing.bucket}`),
    })
  })
}

import { describe, expect, test } from '@jest/globals'
import { fakeObjects } from '../world/objects.ts'
import { objectsContract } from './objects.contract.ts'

objectsContract(async () => ({ objects: fakeObjects(), missing: fakeObjects('nobodys', { there: false }) }))

const one = new TextEncoder().encode('{"n":1}')
const two = new TextEncoder().encode('{"n":2}')

describe('the fake bucket', () => {
  test('logs every request with its caller, and none of what a test does behind its back', async () => {
    const bucket = fakeObjects()
    await bucket.create('a', one)
    await bucket.as('another').get('a')
    bucket.put('b', '{"n":2}')
    expect(bucket.keys()).toEqual(['a', 'b'])
    expect(bucket.json('b')).toEqual({ n: 2 })
    expect(bucket.json('c')).toBeUndefined()
    expect(bucket.requests).toEqual([
      { method: 'PUT', key: 'a', bytes: 7, caller: 'somebody' },
      { method: 'GET', key: 'a', bytes: 0, caller: 'another' },
    ])
  })

  test('fails a request before it is applied', async () => {
    const bucket = fakeObjects()
    bucket.fail({ method: 'PUT', key: 'locks/*', nth: 2 })
    await bucket.create('locks/a', one)
    await bucket.create('heads/a', one)
    await expect(bucket.create('locks/b', one)).rejects.toMatchObject({ code: 'failed', blame: 'service' })
    await bucket.create('locks/c', one)
    expect(bucket.keys()).toEqual(['heads/a', 'locks/a', 'locks/c'])
  })

  test('applies a request and loses its reply', async () => {
    const bucket = fakeObjects()
    bucket.drop({ method: 'PUT' })
    await expect(bucket.create('a', one)).rejects.toMatchObject({ code: 'failed' })
    expect(bucket.keys()).toEqual(['a'])
  })

  test('holds a request, or its reply, until it is released', async () => {
    const bucket = fakeObjects()
    const request = bucket.hold({ key: 'a' })
    const reply = bucket.hold({ key: 'b' }, 'after')
    const a = bucket.create('a', one)
    const b = bucket.create('b', one)
    await Promise.all([request.reached, reply.reached])
    expect(bucket.keys()).toEqual(['b'])
    request.release()
    reply.release()
    await Promise.all([a, b])
    expect(bucket.keys()).toEqual(['a', 'b'])
  })

  test('lets nothing through for a client that was killed', async () => {
    const bucket = fakeObjects()
    bucket.fail({ caller: 'dead', nth: 2, times: Infinity })
    const dead = bucket.as('dead')
    await dead.create('a', one)
    await expect(dead.create('b', one)).rejects.toThrow()
    await expect(dead.get('a')).rejects.toThrow()
    await bucket.create('c', one)
    expect(bucket.keys()).toEqual(['a', 'c'])
  })

  test('lets another writer be faster', async () => {
    const bucket = fakeObjects()
    const etag = await bucket.create('a', one)
    bucket.meanwhile({ method: 'PUT' }, () => bucket.put('a', '{"n":3}'))
    expect(await bucket.replace('a', two, etag as never)).toBe('changed')
    expect(bucket.json('a')).toEqual({ n: 3 })
  })

  test('keeps what it was given, whatever becomes of the bytes afterwards', async () => {
    const bucket = fakeObjects()
    const bytes = one.slice()
    await bucket.create('a', bytes)
    bytes.fill(0)
    expect(bucket.json('a')).toEqual({ n: 1 })
  })
})

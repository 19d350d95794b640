import { describe, expect, test } from '@jest/globals'
import type { ETag } from '../../../src/bucket/objects.ts'
import { withAws } from '../../support/aws.ts'
import { conflict } from '../../support/fault-proxy.ts'
import { aLargeBody } from '../../support/large-body.ts'
import { bytes, deletes, faultyBucket, puts } from './faulty-bucket.ts'

const at = faultyBucket(withAws())

describe('a lost reply', () => {
  test('to a create does not take our own object for another one', async () => {
    at.proxy.next(puts, 'drop reply')
    const etag = await at.objects.create(at.key, bytes('ours'))
    expect(at.count('PUT')).toBe(2)
    expect(await at.straight.get(at.key)).toMatchObject({ etag })
  })

  test('to a create that was refused stays a refusal', async () => {
    await at.created('theirs')
    at.proxy.next(puts, 'drop reply')
    expect(await at.objects.create(at.key, bytes('ours'))).toBe('exists')
    expect(await at.content()).toBe('theirs')
  })

  test('to a create from a stream has it read again, and recognised', async () => {
    const body = aLargeBody(3)
    at.proxy.next(puts, 'drop reply')
    const sent: number[] = []
    const etag = await at.objects.create(at.key, body, (gone) => sent.push(gone))
    expect(body.opened()).toBe(2)
    expect(await at.straight.get(at.key)).toMatchObject({ etag })
    // Told for each attempt from the start.
    expect(sent.filter((gone) => gone === 65_536)).toHaveLength(2)
    expect(sent.at(-1)).toBe(body.bytes)
  })

  test('to a replace gives the ETag that it wrote', async () => {
    const seen = await at.created('one')
    at.proxy.next(puts, 'drop reply')
    const etag = await at.objects.replace(at.key, bytes('two'), seen)
    expect(at.count('PUT')).toBe(2)
    expect(await at.straight.get(at.key)).toMatchObject({ etag, body: bytes('two') })
  })

  test('to a replace that somebody has written over since is a change', async () => {
    const seen = await at.created('one')
    at.proxy.next(puts, 'drop reply', {
      async deed() {
        const found = await at.straight.get(at.key)
        if (found !== undefined && found !== 'unchanged') await at.straight.replace(at.key, bytes('three'), found.etag)
      },
    })
    expect(await at.objects.replace(at.key, bytes('two'), seen)).toBe('changed')
    expect(await at.content()).toBe('three')
  })

  test('to a replace of what was stale already is a change', async () => {
    await at.created('one')
    at.proxy.next(puts, 'drop reply')
    expect(await at.objects.replace(at.key, bytes('two'), '"stale"' as ETag)).toBe('changed')
    expect(await at.content()).toBe('one')
  })

  test('to a remove still is a removal', async () => {
    const seen = await at.created('one')
    at.proxy.next(deletes, 'drop reply')
    expect(await at.objects.remove(at.key, seen)).toBe('removed')
    expect(at.count('DELETE')).toBe(2)
    expect(await at.straight.get(at.key)).toBeUndefined()
  })

  test('to a remove after which somebody made the object anew is a change', async () => {
    const seen = await at.created('one')
    at.proxy.next(deletes, 'drop reply', { deed: () => at.straight.create(at.key, bytes('theirs')) })
    expect(await at.objects.remove(at.key, seen)).toBe('changed')
    expect(await at.content()).toBe('theirs')
  })
})

describe('a collision with another write', () => {
  test('lets a create try again', async () => {
    at.proxy.next(puts, conflict, { times: 2 })
    const etag = await at.objects.create(at.key, bytes('ours'))
    expect(await at.straight.get(at.key)).toMatchObject({ etag })
  })

  test('lets a create try again, and lose', async () => {
    at.proxy.next(puts, conflict, { deed: () => at.straight.create(at.key, bytes('theirs')) })
    expect(await at.objects.create(at.key, bytes('ours'))).toBe('exists')
  })

  test('lets a replace try again, if what it saw is still there', async () => {
    const seen = await at.created('one')
    at.proxy.next(puts, conflict)
    expect(await at.objects.replace(at.key, bytes('two'), seen)).not.toBe('changed')
    expect(await at.content()).toBe('two')
  })

  test('is a change for a replace and a remove, if it is not', async () => {
    const seen = await at.created('one')
    const now = await at.straight.replace(at.key, bytes('theirs'), seen)
    at.proxy.next(puts, conflict)
    at.proxy.next(deletes, conflict)
    expect(await at.objects.replace(at.key, bytes('two'), seen)).toBe('changed')
    expect(await at.objects.remove(at.key, seen)).toBe('changed')
    expect([at.count('PUT'), at.count('DELETE')]).toEqual([1, 1])
    expect(await at.straight.get(at.key)).toMatchObject({ etag: now })
  })

  test('that does not end is an error of its own', async () => {
    at.proxy.next(puts, conflict, { times: Number.POSITIVE_INFINITY })
    await expect(at.objects.create(at.key, bytes('ours'))).rejects.toMatchObject({
      code: 'failed',
      blame: 'service',
      message: expect.stringContaining('is being written by others'),
    })
  })
})

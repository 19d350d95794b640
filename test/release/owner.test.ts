import { describe, expect, test } from '@jest/globals'
import type { TowpathError } from '../../src/errors.ts'
import { silent } from '../../src/log.ts'
import { claimName, parseRepository, type Repository } from '../../src/release/owner.ts'
import { fakeObjects } from '../world/objects.ts'

const nobody: Repository = { id: null, name: null }
const delivery: Repository = { id: '7', name: 'acme/delivery' }
const renamed: Repository = { id: '7', name: 'acme/parcels' }
const stranger: Repository = { id: '8', name: 'evil/delivery' }
const reborn: Repository = { id: '9', name: 'acme/delivery' }
const byId: Repository = { id: '7', name: null }
const byName: Repository = { id: null, name: 'acme/delivery' }

/** What comes of a claim after those before it: the owner there is then, the error, and what was told. */
async function claim(before: readonly Repository[], repository: Repository, transfer = false) {
  const bucket = fakeObjects()
  const told: string[] = []
  for (const one of before) await claimName(bucket, 'delivery', one, false, silent)
  const error = await claimName(bucket, 'delivery', repository, transfer, { ...silent, warn: (text) => void told.push(text) }).then(
    () => undefined,
    (error: TowpathError) => error,
  )
  return { owner: bucket.json('services/delivery/owner.json'), error, told }
}

describe('a service name', () => {
  test('belongs to the first repository that releases under it', async () => {
    const { owner, error, told } = await claim([], delivery)
    expect(error).toBeUndefined()
    expect(owner).toEqual({ schema: 'towpath/owner@1', service: 'delivery', id: '7', name: 'acme/delivery' })
    expect(told).toEqual([])
  })

  test.each<[string, Repository, Repository]>([
    ['the same repository', delivery, delivery],
    ['the same repository under another name', delivery, renamed],
    ['the same repository, known by its id only', delivery, byId],
    ['the same repository, known by its name only', delivery, byName],
    ['the same repository, once known by its name only', byName, delivery],
    ['the same name in another case', byName, { id: null, name: 'Acme/Delivery' }],
  ])('is open to %s', async (_, first, second) => {
    const { error } = await claim([first], second)
    expect(error).toBeUndefined()
  })

  test.each<[string, Repository, Repository, string]>([
    ['another repository', delivery, stranger, 'belongs to acme/delivery (id 7), not to evil/delivery (id 8)'],
    ['another repository that took over the name', delivery, reborn, 'belongs to acme/delivery (id 7), not to acme/delivery (id 9)'],
    [
      'another name, where ids are not known',
      byName,
      { id: null, name: 'evil/delivery' },
      'belongs to acme/delivery, not to evil/delivery',
    ],
    ['a repository that nobody knows', delivery, nobody, 'belongs to acme/delivery (id 7), and this repository is not known'],
    ['an id, where only the name of the owner is known', byName, byId, 'belongs to acme/delivery, not to repository 7'],
  ])('is closed to %s', async (_, first, second, message) => {
    const { error, owner } = await claim([first], second)
    expect(error).toMatchObject({ code: 'conflict', message: `the service name 'delivery' ${message}` })
    expect(owner).toMatchObject(first)
  })

  test('that nobody owns passes for a repository that is not known, claims nothing, and is told', async () => {
    const { owner, error, told } = await claim([], nobody)
    expect([owner, error]).toEqual([undefined, undefined])
    expect(told).toEqual([expect.stringContaining("'delivery' is not claimed: nobody owns it yet")])
  })

  test('is given to another repository by --transfer, and it is told', async () => {
    const { owner, error, told } = await claim([delivery], stranger, true)
    expect(error).toBeUndefined()
    expect(owner).toMatchObject(stranger)
    expect(told).toEqual(["the service name 'delivery' was transferred from acme/delivery (id 7) to evil/delivery (id 8)"])
  })

  test('is not given to a repository that is not known', async () => {
    const { owner, error } = await claim([delivery], nobody, true)
    expect(error?.code).toBe('conflict')
    expect(owner).toMatchObject(delivery)
  })

  test('that two claim at once goes to one of them', async () => {
    const bucket = fakeObjects()
    const both = await Promise.allSettled([delivery, stranger].map((one) => claimName(bucket, 'delivery', one, false, silent)))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('--repository', () => {
  test.each<[string, Repository]>([
    ['acme/delivery', byName],
    ['7', byId],
    ['acme/delivery#7', delivery],
  ])('takes %s', (text, expected) => {
    expect(parseRepository(text)).toEqual(expected)
  })

  test.each(['', 'delivery', 'acme/delivery/more', 'acme/delivery#', 'https://github.com/acme/delivery', 'acme/de livery'])(
    'does not take %j',
    (text) => {
      expect(() => parseRepository(text)).toThrow(
        expect.objectContaining({ code: 'bad-input', hint: 'write owner/name, its id, or owner/name#id' }),
      )
    },
  )
})

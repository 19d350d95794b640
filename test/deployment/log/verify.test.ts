import { describe, expect, test } from '@jest/globals'
import { gatherSegments } from '../../../src/deployment/log/gather.ts'
import type { DeploymentRecord } from '../../../src/deployment/log/record.ts'
import { verifyLog } from '../../../src/deployment/log/verify.ts'
import { plantHistory } from '../../world/history.ts'
import { killedAt } from '../../world/intercept.ts'
import { fakeObjects } from '../../world/objects.ts'
import { aService, readyWorld } from '../../world/towpath.ts'
import { aVictim, damageOnce, damages } from './damages.ts'

const log = { service: 'delivery', environment: 'staging' }
const at = (n: number): string => `deployments/staging/delivery/${String(n).padStart(8, '0')}.json`

describe('verifying a log', () => {
  test('in full finds every seeded damage, by its number', async () => {
    const victim = await aVictim()
    const kinds = new Set<string>()
    for (let seed = 1; seed <= 300; seed++) {
      const found = await damageOnce(victim, seed)
      expect({ seed, ...found }).toMatchObject({ seed, inFull: true })
      kinds.add(found.kind)
    }
    // The sample has all kinds there are, or it would show less than it says.
    expect([...kinds].sort()).toEqual(Object.keys(damages).sort())
    for (const how of ['in full', 'by ETag'] as const)
      expect(await verifyLog(victim.ledger, how, () => {})).toMatchObject({ broken: undefined })
  }, 60_000)

  test('cannot find what its help says it cannot: a last record that was changed with the head where no live entry says otherwise', async () => {
    const { bucket, ledger } = await aVictim()
    const last = { ...(bucket.json(at(45)) as DeploymentRecord), outcome: 'failed' as const }
    const { digestOfRecord } = await import('../../../src/deployment/log/history.ts')
    const { bytes, digest } = digestOfRecord(last)
    bucket.put(at(45), bytes)
    bucket.put('deployments/staging/delivery/head.json', JSON.stringify({ deployment: 45, record: digest, schema: 'towpath/head@1' }))
    expect((await verifyLog(ledger, 'in full', () => {})).broken).toBeUndefined()
  })

  test('that real runs wrote finds nothing wrong with it', async () => {
    const world = await readyWorld()
    await world.run('deploy')
    const undo = world.cloud.failing('Thing', 'no')
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    await world.run('deploy')
    undo()
    const dead = killedAt(30, 'after')
    await Promise.race([world.run('deploy', {}, { name: 'dead', intercept: dead }), dead.dead])
    await world.run('rollback', {}, { name: 'heir' })
    await world.run('log-deployment', { version: '7', outcome: 'succeeded' })
    const { outputs, error } = await world.run('log', { verify: true, full: true })
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ verified: true, checked: { how: 'in full' } })
    expect((outputs.deployments as readonly object[]).length).toBeGreaterThanOrEqual(5)
  })

  test.each([500, 519, 1_000])('of %d by ETag costs a request a segment, one a record behind them, and the lists', async (count) => {
    const bucket = fakeObjects()
    const ledger = { objects: bucket, ...log }
    await plantHistory({ ...log, count }, (key, bytes) => bucket.put(key, bytes))
    for (let n = 20; n <= count; n += 20) await gatherSegments(ledger, bucket.json(at(n)) as DeploymentRecord, () => {})
    bucket.requests.length = 0
    const large = Math.floor(count / 500)
    const small = Math.floor((count % 500) / 20)
    expect(await verifyLog(ledger, 'by ETag', () => {})).toEqual({ records: count, last: count, broken: undefined, read: count % 20 })
    const lists = Math.ceil((2 * count + 2) / 1_000)
    expect(bucket.requests).toHaveLength(1 + lists + 1 + large + small + (count % 20))
  })

  test('in full has 32 requests in flight, and no more', async () => {
    const { bucket, ledger } = await aVictim()
    let now = 0
    let most = 0
    const counting = new Proxy(bucket.as('counted'), {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver)
        if (typeof member !== 'function') return member
        return async (...given: unknown[]) => {
          most = Math.max(most, ++now)
          await new Promise((done) => setImmediate(done))
          try {
            return await member.apply(target, given)
          } finally {
            now -= 1
          }
        }
      },
    })
    await verifyLog({ ...ledger, objects: counting }, 'in full', () => {})
    expect(most).toBe(32)
  })
})

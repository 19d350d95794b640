import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { silent } from '../../src/log.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { type Followed, follow } from '../../src/rollout/follow.ts'
import type { CodeRequest } from '../../src/rollout/request.ts'
import type { GroupName, Revision, Rollouts } from '../../src/rollout/rollouts.ts'
import { shipCode } from '../../src/rollout/ship.ts'

/** What a revision's hook in ValidateService does on each host. */
export type Behaviour = 'works' | 'fails on the second' | 'fails everywhere'

/** A group of two hosts, `web-1` and `web-2`, one at a time, that rolls back by itself. */
export interface Ground {
  readonly clock: Clock
  readonly rollouts: Rollouts
  readonly name: GroupName
  revision(behaviour: Behaviour): Promise<Revision>
  leave(): Promise<void>
}

/** What every Rollouts must do: the one in memory, and the adapter on the endpoint of local/, whose hooks are real. */
export function rolloutsContract(kind: string, ground: () => Promise<Ground>, within = 30_000): void {
  jest.setTimeout(within)
  describe(`rollouts ${kind}`, () => {
    let here: Ground
    beforeEach(async () => {
      here = await ground()
    })
    afterEach(() => here.leave())

    const deadline = () => ({ clock: here.clock, until: here.clock.monotonic() + within, signal: new AbortController().signal })
    async function begun(behaviour: Behaviour, description = ''): Promise<string> {
      const created = await here.rollouts.create({
        ...here.name,
        revision: await here.revision(behaviour),
        description,
        ignoreStopFailures: false,
      })
      if (created === 'busy') throw new Error('the group is busy')
      return created.id
    }
    const ended = (id: string): Promise<Followed> => follow(here.rollouts, id, deadline(), () => {})

    test('what is not there is undefined', async () => {
      expect(await here.rollouts.group({ ...here.name, group: 'none' })).toBeUndefined()
      expect(await here.rollouts.group({ ...here.name, application: 'none' })).toBeUndefined()
      expect(await here.rollouts.describe('d-AAAAAAAAA')).toBeUndefined()
      expect(await here.rollouts.healthRule('none')).toBeUndefined()
    })

    test('a group tells its configuration, what it selects, and its last deployments', async () => {
      expect(await here.rollouts.group(here.name)).toEqual({
        ...here.name,
        ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), configuration: 'CodeDeployDefault.OneAtATime', rollsBack: true, selects: true },
      })
      expect(await here.rollouts.healthRule('CodeDeployDefault.OneAtATime')).toEqual({ type: 'MOST_CONCURRENCY', value: 1 })
      expect(await here.rollouts.members(here.name)).toBe(2)
      const id = await begun('works')
      await ended(id)
      expect(await here.rollouts.group(here.name)).toMatchObject({ lastAttempted: { id, status: 'Succeeded' }, lastSuccessful: { id } })
    })

    test('a deployment is described with its revision and counts, its hosts with their events', async () => {
      const id = await begun('works', 'ours')
      const { rollout, hosts } = await ended(id)
      expect(rollout).toMatchObject({
        ...{ ...here.name, id, status: 'Succeeded', description: 'ours', creator: 'user', rollsBack: true },
        revision: await here.revision('works'),
        counts: { pending: 0, inProgress: 0, succeeded: 2, failed: 0, skipped: 0, ready: 0 },
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      })
      expect(hosts.map(({ name, status }) => [name, status])).toEqual([
        ['web-1', 'Succeeded'],
        ['web-2', 'Succeeded'],
      ])
      expect(hosts[0]?.events.at(-1)).toMatchObject({
        event: 'ValidateService',
        status: 'Succeeded',
        started: expect.any(String),
        ended: expect.any(String),
      })
      expect(await here.rollouts.list(here.name, 'all')).toEqual([id])
      expect(await here.rollouts.list(here.name, 'active')).toEqual([])
    })

    test('a group has one deployment at a time', async () => {
      const id = await begun('works')
      const second = { ...here.name, revision: await here.revision('works'), description: '', ignoreStopFailures: false }
      expect(await here.rollouts.create(second)).toBe('busy')
      expect(await here.rollouts.list(here.name, 'active')).toEqual([id])
      await ended(id)
    })

    test('a script that fails is told with its exit code and the end of its log', async () => {
      const id = await begun('fails everywhere')
      const { rollout, hosts } = await ended(id)
      expect(rollout).toMatchObject({ status: 'Failed', error: { code: 'HEALTH_CONSTRAINTS' } })
      expect(hosts.map(({ status }) => status)).toEqual(['Failed', 'Skipped'])
      expect(hosts[0]?.events.find(({ status }) => status === 'Failed')).toMatchObject({
        event: 'ValidateService',
        said: {
          ...{ code: 'ScriptFailed', script: 'scripts/validate.sh', log: expect.stringContaining('[stderr]connection refused\n') },
          message: 'Script at specified location: scripts/validate.sh failed with exit code 42',
        },
      })
    })

    test('a stop ends it once; then it is over', async () => {
      const id = await begun('works')
      expect(await here.rollouts.stop(id, false)).toBe('stopping')
      expect((await ended(id)).rollout.status).toBe('Stopped')
      expect(await here.rollouts.stop(id, false)).toBe('over')
    })

    test('code is shipped, the last host fails, which is partial; the next revision heals it', async () => {
      const request = (revision: Revision, token: string): CodeRequest => ({
        ...{ ...here.name, rollouts: here.rollouts, revision, token, deadline: deadline(), log: silent },
        hooks: { intent: async () => {}, outcome: async () => {}, recheck: async () => {}, progress: () => {} },
        ...{
          description: 'a release',
          last: null,
          ignoreStopFailures: false,
          waitMilliseconds: within,
          onInterrupt: 'cancel',
          nameOf: () => undefined,
        },
      })
      // One at a time, only the last host may fail: CodeDeploy calls it a success.
      expect(await shipCode(request(await here.revision('fails on the second'), 'one'))).toMatchObject({
        outcome: 'failed',
        rollout: {
          partial: true,
          hosts: [
            { name: 'web-1', outcome: 'succeeded' },
            { name: 'web-2', outcome: 'failed' },
          ],
        },
        diagnosis: { cause: 'scripts/validate.sh failed with exit code 42 in ValidateService on web-2' },
      })
      expect(await shipCode(request(await here.revision('works'), 'two'))).toMatchObject({ outcome: 'succeeded' })
    })

    test('a failure is rolled back by CodeDeploy, and followed', async () => {
      await ended(await begun('works'))
      const id = await begun('fails everywhere')
      await ended(id)
      let back: string | undefined
      for (let tries = 0; tries < 100 && back === undefined; tries++) {
        await here.clock.sleep(50)
        back = (await here.rollouts.describe(id))?.rollback
      }
      const { rollout } = await ended(back ?? '')
      expect(rollout).toMatchObject({
        status: 'Succeeded',
        creator: 'codeDeployRollback',
        rollbackOf: id,
        revision: await here.revision('works'),
      })
    })
  })
}

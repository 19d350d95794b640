import { describe, expect, test } from '@jest/globals'
import { tokenIn } from '../../../src/rollout/token.ts'
import { killedAt } from '../../world/intercept.ts'
import { aCodeScene, type CodeScene } from './scene.ts'

/** The closed records, as far as they are looked at. */
function recordsOf({ world }: CodeScene) {
  return world.bucket
    .keys('deployments/staging/delivery/')
    .filter((key) => /\/\d{8}\.json$/.test(key))
    .map(
      (key) => world.bucket.json(key) as { outcome: string; release: string; entries: { kind: string; token?: string; does?: string }[] },
    )
}

/** Kills a deployment at its k-th call, runs the same command again, and asserts that all is whole. False if it was not killed. */
async function crashAt(k: number, moment: 'before' | 'after'): Promise<boolean> {
  const scene = await aCodeScene()
  const { world, codeDeploy } = scene
  const client = killedAt(k, moment)
  const ended = await Promise.race([world.run('deploy', {}, { name: 'first', intercept: client }), client.dead])
  const { outputs, error } = await world.run('deploy', {}, { name: 'second' })
  expect({ k, outcome: outputs.outcome, error: error?.message }).toEqual({ k, outcome: 'succeeded', error: undefined })
  const records = recordsOf(scene)
  expect({ k, last: records.at(-1)?.outcome }).toEqual({ k, last: 'succeeded' })
  // At most one deployment of CodeDeploy for one intent, and never green with another revision live.
  const made = [...codeDeploy.account.deployments.values()].map(({ info }) => tokenIn(info.description ?? ''))
  expect({ k, made: new Set(made).size }).toEqual({ k, made: made.length })
  const intents = records.flatMap(({ entries }) => entries.filter(({ kind, does }) => kind === 'intent' && does === 'create-deployment'))
  const unknown = made.filter((token) => !intents.some((intent) => intent.token === token))
  expect({ k, unknown }).toEqual({ k, unknown: [] })
  // What the dead run had begun was followed, or proved: nothing is deployed twice.
  expect({ k, made: made.length }).toEqual({ k, made: 1 })
  const { outputs: again } = await world.run('deploy')
  expect({ k, changed: again.changed }).toEqual({ k, changed: false })
  expect({ k, locks: world.bucket.keys('locks/') }).toEqual({ k, locks: [] })
  return ended === undefined
}

describe('a deployment with code', () => {
  test.each(['before', 'after'] as const)(
    'killed at any call, %s it was applied, is gone on with by a plain re-run',
    async (moment) => {
      let k = 1
      for (; k < 200; k++) if (!(await crashAt(k, moment))) break
      expect(k).toBeGreaterThan(40)
      expect(k).toBeLessThan(200)
    },
    120_000,
  )
})

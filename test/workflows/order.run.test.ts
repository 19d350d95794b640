import { join } from 'node:path'
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { act, begin, type Run } from './engine.ts'
import { put } from './process.ts'
import { aClone, addCallers, type Clone, change, checkOut, push } from './repository.ts'
import { all, expectSteps, onLinux, planned, withoutBuild, withScene } from './world.ts'

jest.setTimeout(240_000)

/** A stack that is under way until somebody says that it may end. */
const WAITING = `Resources:
  Handle: { Type: AWS::CloudFormation::WaitConditionHandle }
  Wait: { Type: AWS::CloudFormation::WaitCondition, Properties: { Handle: !Ref Handle, Timeout: 120 } }
`

onLinux('runs of one service', () => {
  const scene = withScene()
  let greeter: Clone
  const caller = 'own-build.yml'

  beforeAll(async () => {
    greeter = await aClone(scene.engine.folder, scene.github, 'greeter', { '.': 'examples/greeter' })
    await addCallers(greeter, caller)
  })

  const run = (attempt = 1): Promise<Run> => act(scene.engine, greeter, { caller, attempt })
  const outcomes = (): Promise<readonly string[]> => scene.log('greeter', 'staging')

  describe('of one commit after the other', () => {
    let first: string

    test('deploy in the order of the commits', async () => {
      first = await push(greeter, 'first')
      expect((await run()).code).toBe(0)
      await change(greeter, 'src/index.mjs', "'world'", "'all'")
      await push(greeter, 'second')
      expect((await run()).code).toBe(0)
      expect(await outcomes()).toEqual(['deploy succeeded', 'deploy succeeded'])
    })

    test('a re-run of the older one does not deploy old code, and says why', async () => {
      await checkOut(greeter, first)
      const ended = await run(2)
      await checkOut(greeter, 'main')
      expect(ended.code).toBe(1)
      expect(ended.steps.at(-1)).toBe('staging/apply/Deploy: failure')
      expect(ended.text).toContain(first.slice(0, 7))
      expect(await outcomes()).toEqual(['deploy succeeded', 'deploy succeeded'])
      expect(scene.github.requests.filter(({ operation }) => operation === 'repos/compare-commits-with-basehead')).not.toEqual([])
    })
  })

  describe('when GitHub is down', () => {
    test('deploy all the same, and the next run repairs what GitHub was not told', async () => {
      const before = greeter.github.deployments.size
      await change(greeter, 'src/index.mjs', "'all'", "'everybody'")
      await push(greeter, 'third')
      const repaired = scene.github.fail('unavailable')
      // The tokens come from another service of GitHub's.
      const ended = await act(scene.engine, greeter, { caller })
      repaired()
      expect(ended.code).toBe(0)
      expect(await outcomes()).toEqual(Array(3).fill('deploy succeeded'))
      expect(greeter.github.deployments.size).toBe(before)
      expect((await run()).code).toBe(0)
      expect([...greeter.github.deployments.values()].at(-1)?.statuses.at(-1)?.state).toBe('success')
      expect(await outcomes()).toEqual(Array(3).fill('deploy succeeded'))
    })
  })

  test('two at once wait for one another', async () => {
    await put(join(greeter.folder, 'cloudFormation/additions/slow.yml'), WAITING)
    await push(greeter, 'slow')
    const one = await begin(scene.engine, greeter, { caller })
    await one.printed('IN_PROGRESS Wait')
    const two = await begin(scene.engine, greeter, { caller })
    await two.printed('waiting for')
    await release('greeter-staging-slow')
    const ended = await Promise.all([one.ended, two.ended])
    for (const each of ended) expectSteps(withoutBuild(each), [...all('staging/plan', planned), 'staging/apply/Deploy: success'])
    expect(await outcomes()).toEqual(Array(4).fill('deploy succeeded'))
  })

  test('one that is cancelled leaves a deployment behind that the next one closes, and goes on', async () => {
    await put(join(greeter.folder, 'cloudFormation/additions/slower.yml'), WAITING)
    await push(greeter, 'slower')
    const running = await begin(scene.engine, greeter, { caller })
    await running.printed('IN_PROGRESS Wait')
    running.cancel()
    expect((await running.ended).code).toBe(1)
    await release('greeter-staging-slower')
    const next = await run()
    expectSteps(withoutBuild(next), [...all('staging/plan', planned), 'staging/apply/Deploy: success'])
    expect((await outcomes()).slice(4)).toEqual(['deploy unknown', 'deploy succeeded'])
  })

  /** Lets a stack end that waits. */
  async function release(stack: string): Promise<void> {
    const cloudFormation = new CloudFormationClient(scene.aws.client('000000000000'))
    const asked = new DescribeStackResourceCommand({ StackName: stack, LogicalResourceId: 'Handle' })
    const { StackResourceDetail } = await cloudFormation.send(asked)
    const body = JSON.stringify({ Status: 'SUCCESS', UniqueId: '1', Reason: 'released', Data: '' })
    const reply = await fetch(StackResourceDetail?.PhysicalResourceId ?? '', { method: 'PUT', body, headers: { 'content-type': '' } })
    expect(reply.ok).toBe(true)
  }
})

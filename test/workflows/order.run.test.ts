import { join } from 'node:path'
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { act, begin, type Run, type Running } from './engine.ts'
import { put } from './process.ts'
import { aClone, addCallers, type Clone, change, checkOut, push } from './repository.ts'
import { all, expectSteps, notesOf, onLinux, planned, toldOf, verdictsOf, withoutBuild, withScene } from './world.ts'

/** A stack that is under way until somebody says that it may end. */
const WAITING = `Resources:
  Handle: { Type: AWS::CloudFormation::WaitConditionHandle }
  Wait: { Type: AWS::CloudFormation::WaitCondition, Properties: { Handle: !Ref Handle, Timeout: 120 } }
`

onLinux('runs of one service', () => {
  const scene = withScene()
  let greeter: Clone
  let counter: Clone
  let killed: Run
  let rollback: Running
  const caller = 'own-build.yml'
  const everything = [...all('staging/plan', planned), 'staging/apply/Deploy: success']

  beforeAll(async () => {
    greeter = await aClone(scene.engine.folder, scene.github, 'greeter', { '.': 'examples/greeter' })
    counter = await aClone(scene.engine.folder, scene.github, 'counter', { '.': 'examples/counter' })
    for (const each of [greeter, counter]) await addCallers(each, caller, 'rollback.yml')
    await push(counter, 'first')
    await act(scene.engine, counter, { caller })
    await put(join(counter.folder, 'cloudFormation/additions/slow.yml'), WAITING)
    await push(counter, 'slow')
    const running = await begin(scene.engine, counter, { caller })
    await running.printed('IN_PROGRESS Wait')
    running.cancel()
    killed = await running.ended
    await release('counter-staging-slow')
    // This one waits for a whole lease until it knows that the lock's holder is dead: the other tests run meanwhile. It is looked at last.
    rollback = await begin(scene.engine, counter, {
      ...{ caller: 'rollback.yml', event: 'workflow_dispatch', payload: { inputs: { environment: 'staging' } } },
    })
  })

  const run = (attempt = 1): Promise<Run> => act(scene.engine, greeter, { caller, attempt })
  const outcomes = (): Promise<readonly string[]> => scene.log('greeter', 'staging')
  const succeeded = (times: number): readonly string[] => Array(times).fill('deploy succeeded')

  describe('of one commit after the other', () => {
    let first: string
    let second: string

    test('deploy in the order of the commits, which GitHub is asked for', async () => {
      first = await push(greeter, 'first')
      expect((await run()).code).toBe(0)
      await change(greeter, 'src/index.mjs', "'world'", "'all'")
      second = await push(greeter, 'second')
      scene.asked()
      expect((await run()).code).toBe(0)
      expect(scene.asked()).toContain('repos/compare-commits-with-basehead 200')
      expect((await scene.deployments('greeter', 'staging')).map(({ commit }) => commit)).toEqual([first, second])
    })

    test('a re-run of the older one does not deploy old code, and says why', async () => {
      await checkOut(greeter, first)
      const ended = await run(2)
      await checkOut(greeter, 'main')
      expect(ended.code).toBe(1)
      expect(ended.steps.at(-1)).toBe('staging/apply/Deploy: failure')
      expect(notesOf(ended)).toEqual([expect.stringContaining(first.slice(0, 7))])
      expect(notesOf(ended)[0]).toContain(second.slice(0, 7))
      expect(await outcomes()).toEqual(succeeded(2))
      expect(toldOf(greeter.github)).toHaveLength(2)
    })
  })

  describe('when GitHub is down', () => {
    let ended: Run

    test('deploy all the same, and say so in one warning', async () => {
      await change(greeter, 'src/index.mjs', "'all'", "'everybody'")
      await push(greeter, 'third')
      const repaired = scene.github.fail('unavailable')
      // The id tokens come from another service of GitHub's.
      ended = await run()
      repaired()
      expect(ended.code).toBe(0)
      expect(await outcomes()).toEqual(succeeded(3))
      expect(toldOf(greeter.github)).toHaveLength(2)
      expect(notesOf(ended)).toEqual([
        'staging/apply/Deploy: warning: GitHub was not told all of this deployment: GitHub could not list deployments (503); the log has it, and the next run tells GitHub',
      ])
    })

    test('and the next run repairs what GitHub was not told', async () => {
      expect((await run()).code).toBe(0)
      expect(toldOf(greeter.github).slice(2)).toEqual(['deploy:greeter to staging: success'])
      expect(await outcomes()).toEqual(succeeded(3))
    })
  })

  test('that begins while another one deploys plans when that one has ended, and both succeed in their order', async () => {
    await put(join(greeter.folder, 'cloudFormation/additions/slow.yml'), WAITING)
    const slow = await push(greeter, 'slow')
    const one = await begin(scene.engine, greeter, { caller })
    await one.printed('IN_PROGRESS Wait')
    await change(greeter, 'src/index.mjs', "'everybody'", "'the quick'")
    const quick = await push(greeter, 'quick')
    const two = await begin(scene.engine, greeter, { caller })
    await two.printed('waiting for deployment 4 by ')
    await release('greeter-staging-slow')
    const ended = await Promise.all([one.ended, two.ended])
    for (const each of ended) expectSteps(withoutBuild(each), everything)
    expect((await scene.deployments('greeter', 'staging')).slice(3)).toEqual([
      expect.objectContaining({ outcome: 'succeeded', commit: slow }),
      expect.objectContaining({ outcome: 'succeeded', commit: quick }),
    ])
    expect(verdictsOf(ended[1])).toContain('### ✅ Deployment 5 of `greeter` to `staging` succeeded')
  })

  describe('that waits for an approval', () => {
    let waiting: Running
    let approval: string
    let commit: string

    test('does not hold a rollback up', async () => {
      approval = join(scene.engine.folder, 'approved')
      await change(greeter, 'src/index.mjs', "'the quick'", "'the patient'")
      commit = await push(greeter, 'patient')
      waiting = await begin(scene.engine, greeter, { caller, approval })
      await waiting.printed('Wait for the approval')
      const back = await act(scene.engine, greeter, {
        ...{ caller: 'rollback.yml', event: 'workflow_dispatch', payload: { inputs: { environment: 'staging' } } },
      })
      expect(back.code).toBe(0)
      expect((await outcomes()).slice(5)).toEqual(['rollback succeeded'])
    })

    test('is refused when its plan is out of date, with what differs and what to do, and changes nothing', async () => {
      const before = await scene.stack('greeter-staging-function')
      await put(approval, '')
      const ended = await waiting.ended
      expectSteps(withoutBuild(ended), [...all('staging/plan', planned), 'staging/apply/Deploy: failure'])
      expect(notesOf(ended)).toEqual([expect.stringMatching(/plan \w+ is not what would be applied: .*\n.*re-run all jobs/)])
      expect((await outcomes()).slice(5)).toEqual(['rollback succeeded', 'deploy failed'])
      expect(await scene.stack('greeter-staging-function')).toEqual(before)
    })

    test('and deploys when all its jobs are run again', async () => {
      expectSteps(withoutBuild(await run(2)), everything)
      expect((await scene.deployments('greeter', 'staging')).at(-1)).toMatchObject({ kind: 'deploy', outcome: 'succeeded', commit })
    })
  })

  test('that is killed leaves a deployment behind, which the next run closes as unknown before it goes on', async () => {
    expect(killed.code).toBe(1)
    const ended = await rollback.ended
    expectSteps(ended, all('rollback/rollback', ['Check out', 'Roll back']))
    expect(await scene.log('counter', 'staging')).toEqual(['deploy succeeded', 'deploy unknown', 'rollback succeeded'])
    expect(toldOf(counter.github)).toEqual([
      'deploy:counter to staging: in_progress, success, inactive',
      'deploy:counter to staging: in_progress, error',
      'rollback:counter to staging: in_progress, success',
    ])
    expect(verdictsOf(ended)).toEqual(['### ✅ Deployment 3 to `staging`, a rollback, succeeded: no stack had to change'])
    // A rollback removes no stack: what an older release does not have is left, and said to be.
    expect(await scene.stack('counter-staging-slow')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' })
    expect(ended.summaries.join('\n')).toContain('slow')
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

import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { cloudFormationStacks } from '../../../src/adapters/aws/cloudformation.ts'
import type { ChangeSetRequest, Stacks } from '../../../src/stack/stacks.ts'
import { withAws } from '../../support/aws.ts'
import { type FaultProxy, faultProxy, gatewayPage, throttled } from '../../support/fault-proxy.ts'

const aws = withAws()
let proxy: FaultProxy
let stacks: Stacks
beforeEach(async () => {
  proxy = await faultProxy(aws.endpoint)
  const environment = { ...aws.environment(aws.account()), AWS_ENDPOINT_URL: proxy.endpoint }
  stacks = cloudFormationStacks(aws.region, { environment })
})
afterEach(() => proxy.close())

const request: ChangeSetRequest = {
  ...{ stack: 'delivery', name: 'first', type: 'CREATE', token: 'first', parameters: {}, tags: {}, capabilities: [] },
  template: { body: JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }) },
}
const any = () => true

test('a request that is one too many is sent again', async () => {
  proxy.next(any, throttled, { times: 2 })
  expect(await stacks.describe('delivery')).toBeUndefined()
  expect(proxy.requests).toHaveLength(3)
})

test('a page of a load balancer is no answer: the request is sent again', async () => {
  proxy.next(any, gatewayPage)
  expect(await stacks.describe('delivery')).toBeUndefined()
})

test('a change set whose reply was lost is made once, and found', async () => {
  proxy.next(any, 'drop reply')
  const ref = await stacks.createChangeSet(request)
  expect(await stacks.listChangeSets('delivery')).toEqual([ref])
  expect(await stacks.describeChangeSet(ref)).toMatchObject({ ...ref, execution: 'AVAILABLE' })
})

test('a change set whose name somebody else took is refused, and theirs is left alone', async () => {
  const theirs = await stacks.createChangeSet(request)
  await expect(stacks.createChangeSet({ ...request, token: 'second' })).rejects.toMatchObject({ code: 'failed' })
  expect(await stacks.listChangeSets('delivery')).toEqual([theirs])
})

test('an execution whose reply was lost is executed once; asking tells that it was', async () => {
  const ref = await stacks.createChangeSet(request)
  proxy.next(any, 'drop reply')
  await expect(stacks.executeChangeSet(ref, 'run')).rejects.toMatchObject({ code: 'failed' })
  expect(await stacks.describeChangeSet(ref)).toMatchObject({ execution: 'EXECUTE_COMPLETE' })
  const begun = (await stacks.events(ref.stackId)).filter(
    ({ logicalId, status }) => logicalId === 'delivery' && status === 'CREATE_IN_PROGRESS',
  )
  expect(begun.map(({ token }) => token)).toEqual(['run'])
})

test('a deletion whose reply was lost is done', async () => {
  const { stackId } = await stacks.createChangeSet(request)
  proxy.next(any, 'drop reply')
  await stacks.deleteStack(stackId, 'end')
  expect(await stacks.describe(stackId)).toMatchObject({ status: 'DELETE_COMPLETE' })
})

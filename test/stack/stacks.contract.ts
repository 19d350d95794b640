import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { aQueue, type Ground, visitor } from './visitor.ts'

/**
 * What every Stacks must do: the one in memory, the adapter on the emulator, the adapter on AWS. Resources are queues and wait handles, so
 * that a run on a real account costs nothing; no stack is left behind.
 */
export function stacksContract(kind: string, ground: () => Promise<Ground>): void {
  describe(`stacks ${kind}`, () => {
    let here: Ground
    let visit: ReturnType<typeof visitor>
    beforeEach(async () => {
      here = await ground()
      visit = visitor(here)
    })
    afterEach(() => visit.leave())

    test('a stack is made by a change set, with its outputs, parameters and tags', async () => {
      const name = here.name()
      const changeSet = await visit.propose(visit.request(name))
      expect(changeSet).toMatchObject({ status: 'CREATE_COMPLETE', execution: 'AVAILABLE' })
      expect(changeSet.changes).toEqual([expect.objectContaining({ action: 'Add', logicalId: 'Queue', type: 'AWS::SQS::Queue' })])

      const stack = await visit.execute(changeSet, 'first-run')
      expect(stack).toMatchObject({
        id: changeSet.stackId,
        name,
        status: 'CREATE_COMPLETE',
        outputs: { Name: name },
        parameters: { Name: name, Timeout: '30' },
        tags: { 'towpath:service': 'delivery' },
        terminationProtection: false,
      })
      expect(stack.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(await here.stacks.describe(name)).toEqual(stack)
      const { template } = visit.request(name)
      expect(await here.stacks.liveTemplate(stack.id)).toBe('body' in template ? template.body : '')
    })

    test('a stack that was never there has no template', async () => {
      expect(await here.stacks.liveTemplate(here.name())).toBeUndefined()
    })

    test('events come newest first, those of an operation with its token, back to one that is known', async () => {
      const name = here.name()
      const changeSet = await visit.propose(visit.request(name))
      const before = await here.stacks.events(changeSet.stackId)
      await visit.execute(changeSet, 'first-run')
      const events = await here.stacks.events(changeSet.stackId)
      const own = events.filter(({ token }) => token === 'first-run')
      expect(own[0]).toMatchObject({ logicalId: name, status: 'CREATE_COMPLETE', type: 'AWS::CloudFormation::Stack' })
      expect(own.at(-1)).toMatchObject({ logicalId: name, status: 'CREATE_IN_PROGRESS' })
      expect(own.filter(({ logicalId }) => logicalId === 'Queue').map(({ status }) => status)).toContain('CREATE_COMPLETE')
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)

      const known = before[0]?.id
      if (known !== undefined)
        expect(await here.stacks.events(changeSet.stackId, known)).toEqual(events.slice(0, events.length - before.length))
      expect(await here.stacks.events(changeSet.stackId, events[0]?.id)).toEqual([])
    })

    test('an update changes what differs, and tells the time of it', async () => {
      const name = here.name()
      const first = await visit.deployed(name)
      const changeSet = await visit.propose(
        visit.request(name, { type: 'UPDATE', parameters: { Name: { keep: true }, Timeout: { value: '60' } } }),
      )
      expect(changeSet.changes).toEqual([expect.objectContaining({ action: 'Modify', logicalId: 'Queue', replacement: 'False' })])
      const second = await visit.execute(changeSet)
      expect(second).toMatchObject({
        id: first.id,
        status: 'UPDATE_COMPLETE',
        parameters: { Name: name, Timeout: '60' },
        outputs: { Name: name },
      })
      expect(second.updated).toBeDefined()
      expect(second.updated).not.toBe(first.updated)
    })

    test('a change set that is not executed does not move the stack', async () => {
      const name = here.name()
      const stack = await visit.deployed(name)
      const changeSet = await visit.propose(
        visit.request(name, { type: 'UPDATE', parameters: { Name: { keep: true }, Timeout: { value: '60' } } }),
      )
      await here.stacks.deleteChangeSet(changeSet)
      expect(await here.stacks.describe(name)).toEqual(stack)
    })

    test('a change set without changes fails and says so', async () => {
      const name = here.name()
      await visit.deployed(name)
      const changeSet = await visit.propose(visit.request(name, { type: 'UPDATE' }))
      expect(changeSet).toMatchObject({ status: 'FAILED', execution: 'UNAVAILABLE', changes: [] })
      expect(changeSet.reason).toMatch(/didn't contain changes|No updates are to be performed/)
    })

    test('a new name replaces the queue, and its old one is deleted', async () => {
      const name = here.name()
      await visit.deployed(name)
      const changeSet = await visit.propose(visit.request(name, { type: 'UPDATE', parameters: { Name: { value: `${name}-b` } } }))
      const [change] = changeSet.changes
      expect(change).toMatchObject({ action: 'Modify', logicalId: 'Queue', replacement: 'True', policyAction: 'ReplaceAndDelete' })
      expect(change?.physicalId).toMatch(/\S/)
      expect(change?.properties).toContainEqual(
        expect.objectContaining({ attribute: 'Properties', name: 'QueueName', recreation: 'Always' }),
      )
      expect((await visit.execute(changeSet)).outputs).toEqual({ Name: `${name}-b` })
    })

    test('a resource that goes is listed as removed, with what becomes of it', async () => {
      const name = here.name()
      const template = { ...aQueue(), Resources: { ...aQueue().Resources, Other: { Type: 'AWS::SQS::Queue' } } }
      await visit.deployed(name, { template: { body: JSON.stringify(template) } })
      const changeSet = await visit.propose(visit.request(name, { type: 'UPDATE' }))
      expect(changeSet.changes).toEqual([expect.objectContaining({ action: 'Remove', logicalId: 'Other', policyAction: 'Delete' })])
    })

    test('a creation that fails is rolled back, and the resource says why under our token', async () => {
      const name = here.name()
      const stack = await visit.deployed(name, {
        parameters: { Name: { value: name }, Timeout: { value: '999999' } },
        name: 'failing',
        token: 'failing',
      })
      expect(stack.status).toBe('ROLLBACK_COMPLETE')
      const events = await here.stacks.events(stack.id)
      const failure = events.findLast(({ status }) => status.endsWith('_FAILED'))
      expect(failure).toMatchObject({ logicalId: 'Queue', status: 'CREATE_FAILED' })
      expect(failure?.reason).toMatch(/\S/)
      expect(failure?.token).toMatch(/^run-/)
    })

    test('an update that fails is rolled back to what was there', async () => {
      const name = here.name()
      await visit.deployed(name)
      const stack = await visit.deployed(name, { type: 'UPDATE', parameters: { Name: { keep: true }, Timeout: { value: '999999' } } })
      expect(stack).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', outputs: { Name: name }, parameters: { Timeout: '30' } })
    })

    test('a deleted stack is gone by name, and described by its id', async () => {
      const name = here.name()
      const { id } = await visit.deployed(name)
      await visit.removed(id)
      expect(await here.stacks.describe(name)).toBeUndefined()
      expect(await here.stacks.describe(id)).toMatchObject({ id, name, status: 'DELETE_COMPLETE' })
      expect((await here.stacks.events(id))[0]).toMatchObject({ status: 'DELETE_COMPLETE' })
      await here.stacks.deleteStack(id, 'once-more')
    })

    test('a protected stack is not deleted', async () => {
      const { id, name } = await visit.deployed(here.name())
      await here.stacks.protect(id)
      await here.stacks.protect(id)
      const refused = await here.stacks.deleteStack(id, 'end').catch((error: unknown) => error)
      const stack = await here.stacks.describe(name)
      await here.unprotect(id)
      expect(refused).toMatchObject({ code: 'failed' })
      expect(stack).toMatchObject({ id, status: 'CREATE_COMPLETE', terminationProtection: true })
    })

    test('what was never there is undefined, has no change sets, and is not missed when it is deleted', async () => {
      const name = here.name()
      expect(await here.stacks.describe(name)).toBeUndefined()
      expect(await here.stacks.listChangeSets(name)).toEqual([])
      await expect(here.stacks.events(name)).rejects.toMatchObject({ code: 'failed' })
    })

    test('a change set that was deleted is gone, and can be deleted again', async () => {
      const changeSet = await visit.propose(visit.request(here.name()))
      await here.stacks.deleteChangeSet(changeSet)
      await visit.until('its end', async () => ((await here.stacks.describeChangeSet(changeSet)) === undefined ? true : undefined))
      await here.stacks.deleteChangeSet(changeSet)
      await expect(here.stacks.executeChangeSet(changeSet, 'too-late')).rejects.toMatchObject({ code: 'failed' })
    })

    test('a change set can be executed only once', async () => {
      const changeSet = await visit.propose(visit.request(here.name()))
      await visit.execute(changeSet)
      await expect(here.stacks.executeChangeSet(changeSet, 'once-more')).rejects.toMatchObject({ code: 'failed' })
    })

    test('the change sets of a stack are listed', async () => {
      const { id, name, stackId } = await visit.propose(visit.request(here.name()))
      expect(await here.stacks.listChangeSets(stackId)).toEqual([{ id, name, stackId }])
    })

    test('a name that another change set of the stack has is refused', async () => {
      const stack = here.name()
      const { name } = await visit.propose(visit.request(stack))
      await expect(here.stacks.createChangeSet(visit.request(stack, { name }))).rejects.toMatchObject({ code: 'failed' })
    })

    test('a CREATE change set leaves a shell, which can be deleted', async () => {
      const name = here.name()
      const { stackId } = await visit.propose(visit.request(name))
      expect(await here.stacks.describe(name)).toMatchObject({ id: stackId, status: 'REVIEW_IN_PROGRESS', outputs: {} })
      await visit.removed(stackId)
      expect(await here.stacks.describe(name)).toBeUndefined()
    })

    test('a CREATE change set on a stack that exists, and an UPDATE on one that does not, are refused', async () => {
      const name = here.name()
      await visit.deployed(name)
      await expect(here.stacks.createChangeSet(visit.request(name))).rejects.toMatchObject({ code: 'failed' })
      await expect(here.stacks.createChangeSet(visit.request(here.name(), { type: 'UPDATE' }))).rejects.toMatchObject({ code: 'failed' })
    })

    test('a template that is no template leaves nothing behind', async () => {
      const name = here.name()
      await expect(here.stacks.createChangeSet(visit.request(name, { template: { body: '{ "Resources": ' } }))).rejects.toMatchObject({
        code: 'failed',
      })
      expect(await here.stacks.describe(name)).toBeUndefined()
    })

    test('a parameter without a value is refused', async () => {
      await expect(here.stacks.createChangeSet(visit.request(here.name(), { parameters: {} }))).rejects.toMatchObject({ code: 'failed' })
    })

    test('a template above 51,200 bytes is refused in the request, in a short message, and taken by URL', async () => {
      const name = here.name()
      const body = JSON.stringify({ ...aQueue(), Metadata: { Padding: 'ü'.repeat(26_000) } })
      const refused = here.stacks.createChangeSet(visit.request(name, { template: { body } }))
      await expect(refused).rejects.toMatchObject({ code: 'failed', message: expect.stringMatching(/^.{0,700}51200.{0,100}$/) })
      const url = await here.upload(body)
      expect((await visit.deployed(name, { template: { url } })).status).toBe('CREATE_COMPLETE')
    })

    test('more events than fit a page are all there', async () => {
      const handles = Array.from(
        { length: 70 },
        (_, number) => [`Handle${number}`, { Type: 'AWS::CloudFormation::WaitConditionHandle' }] as const,
      )
      const body = JSON.stringify({ Resources: Object.fromEntries(handles) })
      const stack = await visit.deployed(here.name(), { template: { body }, parameters: {} })
      const events = await here.stacks.events(stack.id)
      expect(events.length).toBeGreaterThan(140)
      expect(events.filter(({ status, type }) => status === 'CREATE_COMPLETE' && type.endsWith('WaitConditionHandle'))).toHaveLength(70)
      expect(events.at(-1)).toMatchObject({ status: 'REVIEW_IN_PROGRESS' })
    })
  })
}

import { describe, expect, jest, test } from '@jest/globals'
import { command } from '../../src/commands/command.ts'
import type { Verb } from '../../src/commands/verbs.ts'
import { TowpathError } from '../../src/errors.ts'
import { realWorld } from '../../src/hosts/world.ts'
import { actionWorld } from '../actions/world.ts'
import { aPlatform, aService, aTemplate } from '../world/towpath.ts'

const staging = { environment: 'staging', bucket: 'acme' }

const verbOf = (declaration: unknown): ReadonlyMap<string, Verb> =>
  new Map([['verb', { summary: '', load: async () => ({ default: declaration }) }]])

describe('deploy as an action', () => {
  test('sets every output, tells the verdict first in the summary, and exits 0', async () => {
    const world = await actionWorld()
    const { code, outputs, annotations, summaries, lines } = await world.run('deploy', staging)
    expect({ code, annotations }).toEqual({ code: 0, annotations: [] })
    expect(Object.fromEntries(outputs)).toMatchObject({ outcome: 'succeeded', changed: true, deployment: 1, previous: null, cause: null })
    expect([...outputs.keys()]).toEqual([
      ...['outcome', 'changed', 'deployment', 'release', 'previous', 'stacks', 'cause', 'rollout'],
      ...['digest', 'gated', 'plan', 'markdown'],
    ])
    expect(summaries).toHaveLength(1)
    expect(summaries[0]?.split('\n')[0]).toBe('### ✅ Deployment 1 to `staging` succeeded')
    expect(summaries[0]).toContain('| `main` | ✅ succeeded |')
    expect(summaries[0]).toContain('```mermaid\ngantt\n')
    expect(lines.join('\n')).toContain('main: live after')
  })

  test('that fails sets the outputs all the same, names the cause and exits 1', async () => {
    const world = await actionWorld()
    world.memory.cloud.failing('Thing', 'the tape ran out')
    const { code, outputs, annotations, summaries } = await world.run('deploy', staging)
    expect(code).toBe(1)
    expect(Object.fromEntries(outputs)).toMatchObject({ outcome: 'failed', changed: true, deployment: 1, cause: { resource: 'Thing' } })
    expect(annotations).toHaveLength(1)
    expect(annotations[0]).toMatchObject({ level: 'error', title: 'towpath deploy', message: expect.stringContaining('the tape ran out') })
    expect(summaries[0]).toMatch(/^### ❌ Deployment 1 to `staging` failed\n/)
    expect(summaries[0]).toContain('**Cause**: `main` `Thing` `Test::Towpath::Thing`: ')
  })

  test('that a gate stops exits 4, says how to consent, and goes on with a consent a line', async () => {
    const table = (name: string) => ({ Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } })
    const world = await actionWorld(aService(), aPlatform({ templates: { main: aTemplate({ resources: { Table: table('orders') } }) } }))
    await world.run('deploy', staging)
    world.write(aService({ overrides: { main: { Resources: { Table: { Properties: { TableName: 'sales' } } } } } }))
    const { code, outputs, annotations, summaries } = await world.run('deploy', staging)
    expect({ code, outcome: outputs.get('outcome') }).toEqual({ code: 4, outcome: 'failed' })
    expect(annotations[0]?.message).toContain('--consent main.Table')
    expect(summaries[0]).toMatch(/^### ⛔ Deployment 2 to `staging` was stopped by a gate\n/)
    expect((await world.run('deploy', { ...staging, consent: 'main.Thing\nmain.Table\n' })).code).toBe(0)
  })

  test('with an unknown input calls nothing, and exits 2 with an outcome', async () => {
    const world = await actionWorld()
    const { code, outputs, annotations, summaries } = await world.run('deploy', { ...staging, consnt: 'x' })
    expect(code).toBe(2)
    expect([...outputs]).toEqual([['outcome', 'failed']])
    expect(annotations.map(({ message }) => message)).toEqual(["deploy has no input 'consnt'\ndid you mean 'consent'?"])
    expect(summaries[0]).toMatch(/^### ❌ `deploy` was refused\n/)
    expect(world.memory.cloud.requests).toEqual([])
  })
})

describe('the token of an action', () => {
  test('shows the deployment on GitHub, is hidden first, and stands nowhere', async () => {
    const world = await actionWorld()
    world.memory.github.push('1'.repeat(40))
    const { token } = world.memory.github
    const { code, order, masks, lines, groups, annotations, outputs, summaries } = await world.run('deploy', {
      ...staging,
      'github-token': token,
    })
    expect({ code, masks, first: order[0] }).toEqual({ code: 0, masks: [token], first: 'mask' })
    expect(world.memory.github.deployments).toMatchObject([{ task: 'deploy:delivery', statuses: [{}, { state: 'success' }] }])
    expect(JSON.stringify([lines, [...groups], annotations, [...outputs], summaries])).not.toContain(token)
  })

  test('that may not write deployments is one warning, which names the permission', async () => {
    const world = await actionWorld()
    world.memory.github.falls('forbidden')
    const { code, annotations } = await world.run('deploy', { ...staging, 'github-token': world.memory.github.token })
    expect(code).toBe(0)
    expect(annotations).toEqual([
      {
        level: 'warning',
        title: 'towpath deploy',
        message:
          "GitHub was not told all of this deployment: GitHub refused to announce a deployment (403: Resource not accessible by integration); give the job the permission 'deployments: write'; the log has it, and the next run tells GitHub",
      },
    ])
    expect(world.memory.github.requests.length).toBe(1)
  })
})

describe('other verbs as actions', () => {
  test('plan puts its Markdown into the summary', async () => {
    const world = await actionWorld()
    const { code, outputs, summaries } = await world.run('plan', staging)
    expect(code).toBe(0)
    expect(outputs.get('has-changes')).toBe(true)
    expect(summaries[0]).toContain(String(outputs.get('markdown')).trimEnd())
  })

  test('validate annotates each problem where it is, and sets its outputs', async () => {
    const world = await actionWorld(aService({ lines: ['nonsense: 1', 'chekcs: []'] }))
    const { code, outputs, annotations, groups } = await world.run('validate')
    expect(code).toBe(2)
    expect(outputs.get('kind')).toBe('service')
    expect(annotations.map(({ level, file, line, column }) => ({ level, file, line, column }))).toEqual([
      { level: 'error', file: 'service.yml', line: 6, column: 1 },
      { level: 'error', file: 'service.yml', line: 7, column: 1 },
    ])
    expect([...groups.keys()]).toEqual(['all 2 problems', 'outputs'])
  })

  test('what is for a terminal alone is no action', async () => {
    const world = await actionWorld()
    const { code, annotations } = await world.run('bootstrap', { bucket: 'acme' })
    expect({ code, message: annotations[0]?.message.split('\n')[0] }).toEqual({ code: 2, message: "no action 'bootstrap'" })
  })
})

describe('the host of actions', () => {
  const outputs = { value: { kind: 'string', description: '' } } as const

  test('hides secrets before anything else, though the inputs be wrong', async () => {
    const declared = command({
      name: 'verb',
      summary: '',
      inputs: { key: { kind: 'string', secret: true, description: '' } },
      outputs,
      run: async () => ({ value: 'x' }),
      text: () => '',
    })
    const world = await actionWorld()
    const { order, masks } = await world.run('verb', { key: 'first line\nsecond line\nx', oops: '' }, { verbs: verbOf(declared) })
    expect(masks).toEqual(['first line', 'second line'])
    expect(order.slice(0, 2)).toEqual(['mask', 'mask'])
  })

  test('takes what is no TowpathError for a bug, and exits 70 with its stack in a group', async () => {
    const declared = command({
      name: 'verb',
      summary: '',
      inputs: {},
      outputs,
      run: async () => {
        throw new TypeError('x is not a function')
      },
      text: () => '',
    })
    const world = await actionWorld()
    const { code, annotations, groups } = await world.run('verb', {}, { verbs: verbOf(declared) })
    expect(code).toBe(70)
    expect(annotations[0]?.message).toContain('towpath failed in a way it should not: x is not a function')
    expect(groups.get('where it happened')?.[0]).toBe('TypeError: x is not a function')
  })

  test('only warns where the summary cannot be written', async () => {
    const world = await actionWorld()
    const kept = await world.run('plan', staging)
    const runner = { ...kept, summary: async () => Promise.reject(new Error('no space left')) }
    const { code } = await world.run('plan', staging, { runner })
    expect(code).toBe(0)
    expect(runner.annotations.at(-1)).toEqual({ level: 'warning', title: 'towpath plan', message: 'there is no summary: no space left' })
  })

  test('fails where an output cannot be set: later steps would miss it', async () => {
    const world = await actionWorld()
    const kept = await world.run('plan', staging)
    const runner = {
      ...kept,
      output() {
        throw new Error('no space left')
      },
    }
    expect((await world.run('plan', staging, { runner })).code).toBe(1)
    expect(runner.annotations.at(-1)).toMatchObject({ level: 'error', message: 'the outputs of the step could not be set: no space left' })
  })

  test('ends a verb that was asked to stop when its time is over', async () => {
    const stopped = new TowpathError('interrupted', 'interrupted by SIGTERM')
    const declared = command({ name: 'verb', summary: '', inputs: {}, outputs, run: () => new Promise<never>(() => {}), text: () => '' })
    const world = await actionWorld()
    const stop = jest.fn()
    const { code } = await world.run(
      'verb',
      {},
      {
        verbs: verbOf(declared),
        listen: () => ({ interrupted: AbortSignal.abort(stopped), over: Promise.reject(stopped), stop }),
      },
    )
    expect(code).toBe(130)
    expect(stop).toHaveBeenCalledTimes(1)
  })
})

describe('credentials', () => {
  test('are handed on as they were given', async () => {
    const seen: unknown[] = []
    const verbs = verbOf(command({ name: 'verb', summary: '', inputs: {}, outputs: {}, run: async () => ({}), text: () => '' }))
    const world = await actionWorld()
    const inputs = { role: 'deploy', account: '000000000001', region: 'eu-west-2' }
    await world.run('verb', inputs, { verbs, world: ({ role, account, region }) => void seen.push({ role, account, region }) as never })
    expect(seen).toEqual([inputs])
  })

  test('that come up on the way are masked line by line, and what is too short to be a secret is not', async () => {
    const verbs = verbOf(command({ name: 'verb', summary: '', inputs: {}, outputs: {}, run: async () => ({}), text: () => '' }))
    const world = await actionWorld()
    const { masks } = await world.run(
      'verb',
      {},
      {
        verbs,
        world: ({ mask }) => {
          for (const secret of ['canary-key', 'canary of\n  two lines', 'abc', '']) mask(secret)
          return {} as never
        },
      },
    )
    expect(masks).toEqual(['canary-key', 'canary of', '  two lines', 'two lines'])
  })

  test('that are none, or of another account, end the step before anything is asked, with exit code 2', async () => {
    const world = await actionWorld()
    const told = async (inputs: Record<string, string>) => {
      const { code, annotations } = await world.run('deploy', { ...staging, ...inputs }, { world: realWorld })
      return [code, annotations.map(({ message }) => message.split('\n')[0])]
    }
    expect(await told({ role: 'deploy' })).toEqual([2, ["role 'deploy' is given by its name, which needs the account that it is in"]])
    expect(await told({ account: '12' })).toEqual([2, ["'12' is no AWS account"]])
    expect(await told({ role: 'arn:aws:iam::000000000001:role/x', account: '000000000002' })).toEqual([
      2,
      ["role 'arn:aws:iam::000000000001:role/x' is of account 000000000001, and only account 000000000002 is allowed"],
    ])
  })
})

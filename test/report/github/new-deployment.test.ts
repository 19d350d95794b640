import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { DeploymentRecord } from '../../../src/deployment/log/record.ts'
import { ended, isProduction, newDeployment, superseded } from '../../../src/report/github/new-deployment.ts'
import { hostile } from '../../actions/hostile.ts'
import { fakeObjects } from '../../world/objects.ts'

const release = `sha256:${'3f2a9b01c4d5'.repeat(5)}3f2a` as const
const ledger = { objects: fakeObjects(), environment: 'staging', service: 'delivery' }

function aRecord(changes: Partial<DeploymentRecord> = {}): DeploymentRecord {
  return {
    schema: 'towpath/deployment@1',
    service: 'delivery',
    environment: 'staging',
    deployment: 12,
    kind: 'deploy',
    parts: ['stacks'],
    outcome: 'succeeded',
    changed: true,
    release,
    previous: null,
    origin: {
      actor: 'alice',
      repository: 'acme/delivery',
      repositoryId: '42',
      commit: 'a'.repeat(40),
      run: 'https://github.test/1',
      towpath: '1',
    },
    started: '2026-03-02T09:00:00.000Z',
    finished: '2026-03-02T09:04:10.000Z',
    closedBy: null,
    cause: null,
    stacks: {},
    entries: [],
    previousRecord: null,
    ...changes,
  } as DeploymentRecord
}

const because = (reason: string) => ({ stack: 'main', resource: 'Thing', type: 'Test::Towpath::Thing', reason })

describe('a description', () => {
  test.each([
    [{}, 'succeeded: release 3f2a9b01c4d5 of delivery is live in staging (deployment 12)'],
    [{ kind: 'rollback' }, 'succeeded: release 3f2a9b01c4d5 of delivery is live in staging (rollback, deployment 12)'],
    [{ outcome: 'failed', cause: because('the tape ran out') }, 'failed (deployment 12): main Thing the tape ran out'],
    [
      {
        outcome: 'unknown',
        kind: 'rollback',
        cause: { ...because('the run ended without closing its record'), stack: null, resource: null },
      },
      'outcome unknown (rollback, deployment 12): the run ended without closing its record',
    ],
  ] as const)('of %j begins with the verdict', (changes, text) => {
    expect(ended(aRecord(changes), null).description).toBe(text)
  })

  test('has at most 140 characters and is one line of whole ones, whatever the cause says', () => {
    const judge = (reason: string): void => {
      const { description } = ended(aRecord({ outcome: 'failed', cause: because(reason) }), null)
      expect(description.length).toBeLessThanOrEqual(140)
      expect(description).toMatch(/^failed \(deployment 12\): main Thing/)
      expect(description.isWellFormed()).toBe(true)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(description).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
    }
    for (const text of hostile) judge(text)
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), judge))
  })

  test('that is cut ends with a mark, and one that fits does not', () => {
    const of = (reason: string): string => ended(aRecord({ outcome: 'failed', cause: because(reason) }), null).description
    expect(of('x'.repeat(200))).toMatch(/x …$/)
    expect(of('short')).toMatch(/ short$/)
  })
})

describe('what is told', () => {
  test('of one that is not live has no address, and only an address of the web is a log', () => {
    expect(ended(aRecord(), 'https://a.test')).toMatchObject({ state: 'succeeded', log: 'https://github.test/1', url: 'https://a.test' })
    expect(ended(aRecord({ outcome: 'failed' }), 'https://a.test')).toMatchObject({ url: null })
    const origin = { ...aRecord().origin, run: 'javascript:alert(1)' }
    expect(superseded(aRecord({ origin }))).toMatchObject({ state: 'superseded', log: null, url: null })
  })

  test('of what something else deployed is shown as a deploy', () => {
    expect(newDeployment(ledger, aRecord({ kind: 'recorded' }), 'a'.repeat(40))).toMatchObject({ kind: 'deploy', release, deployment: 12 })
  })
})

test.each([
  ['production', true],
  ['productioneu', true],
  ['prod', true],
  ['prodeu', true],
  ['prod2', true],
  ['product', false],
  ['productdemo', false],
  ['preprod', false],
  ['staging', false],
])('whether %s is production: %p', (environment, production) => {
  expect(isProduction(environment)).toBe(production)
})

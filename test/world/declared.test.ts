import { describe, expect, test } from '@jest/globals'
import { undeclaredOutputs } from './declared.ts'

describe('the outputs of a verb that a test runs', () => {
  const outputs = {
    outcome: { kind: 'enum', values: ['succeeded', 'failed'], nullable: true, description: '' },
    number: { kind: 'number', description: '' },
    stacks: { kind: 'list', description: '' },
    cause: { kind: 'map', nullable: true, description: '' },
  } as const

  test('may be as they are declared', () => {
    expect(undeclaredOutputs({ outputs }, { outcome: 'failed', number: 1, stacks: [], cause: {} })).toEqual([])
    expect(undeclaredOutputs({ outputs }, { outcome: null, number: 1, stacks: [], cause: null })).toEqual([])
  })

  test('are refused where they are not', () => {
    expect(undeclaredOutputs({ outputs }, { outcome: 'green', number: null, cause: [], other: 1 })).toEqual([
      'other is not declared',
      'outcome is no enum: "green"',
      'number is no number: null',
      'stacks is no list: undefined',
      'cause is no map: []',
    ])
  })
})

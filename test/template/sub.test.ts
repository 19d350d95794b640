import { describe, expect, test } from '@jest/globals'
import { substitute, variablesOf } from '../../src/template/sub.ts'

describe('variables of Fn::Sub', () => {
  test.each<[string, string[]]>([
    ['no variable', []],
    ['${A}', ['A']],
    ['arn:${AWS::Partition}:${Queue.Arn}/${ Spaced }', ['AWS::Partition', 'Queue.Arn', 'Spaced']],
    ['${A} and ${A} again', ['A']],
    ['${!Literal} $A {A} $${A', []],
    ['${A ${B}', ['B']],
    ['${}', ['']],
    ['a line\n${A}\n', ['A']],
  ])('%j', (text, names) => {
    expect(variablesOf(text).map(({ name }) => name)).toEqual(names)
  })

  test('a text of nothing but openings is read once, not once for each', () => {
    expect(variablesOf('${'.repeat(500_000))).toEqual([])
  })

  test('substitution fills every variable, keeps literals, and does not look into what it filled in', () => {
    const values: Record<string, string> = { A: '${B}', B: 'b' }
    expect(substitute('${A}-${B}-${!A}-$&', (name) => values[name])).toBe('${B}-b-${A}-$&')
  })

  test('a variable that is not known leaves nothing known', () => {
    expect(substitute('${A}-${B}', (name) => (name === 'A' ? 'a' : undefined))).toBeUndefined()
  })
})

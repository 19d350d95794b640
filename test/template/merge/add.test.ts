import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { applyAddition } from '../../../src/template/merge/add.ts'
import { writeTemplate } from '../../../src/template/write.ts'
import { templateText } from '../arbitrary.ts'
import { aTemplate, dataOf, said, sealed } from '../build.ts'

function add(base: string, addition: string): { data: unknown; problems: string[] } {
  const { root, problems } = applyAddition(sealed(aTemplate(base)), sealed(aTemplate(addition, 'addition')))
  return { data: dataOf(root), problems: said(problems) }
}

const base = 'AWSTemplateFormatVersion: "2010-09-09"\nDescription: A\nResources:\n  Queue: {Type: T}\nMetadata: {a: 1}\n'

describe('applyAddition', () => {
  test('adds names to any section, after those that are there', () => {
    const { data, problems } = add(base, 'Resources: {Topic: {Type: U}, A: {Type: V}}\nMetadata: {b: 2}')
    expect(problems).toEqual([])
    expect(JSON.stringify(data)).toBe(
      JSON.stringify({
        AWSTemplateFormatVersion: '2010-09-09',
        Description: 'A',
        Resources: { Queue: { Type: 'T' }, Topic: { Type: 'U' }, A: { Type: 'V' } },
        Metadata: { a: 1, b: 2 },
      }),
    )
  })

  test('adds sections that are missing, at the end', () => {
    const { data, problems } = add(base, 'Outputs: {Url: {Value: a}}\nTransform: AWS::Include')
    expect(problems).toEqual([])
    expect(Object.keys(data ?? {})).toEqual(['AWSTemplateFormatVersion', 'Description', 'Resources', 'Metadata', 'Outputs', 'Transform'])
  })

  test.each([
    ['a resource', 'Resources: {Queue: {Type: U}}', "resource 'Queue' is there already, at cloudFormation/scaling.yml:4"],
    ['even the same one', 'Resources: {Queue: {Type: T}}', "resource 'Queue' is there already, at cloudFormation/scaling.yml:4"],
    ['a key of the metadata', 'Metadata: {a: 2}', "Metadata key 'a' is there already, at cloudFormation/scaling.yml:5"],
    ['the description', 'Description: A', "section 'Description' is there already, at cloudFormation/scaling.yml:2"],
    [
      'another format version',
      'AWSTemplateFormatVersion: b',
      "section 'AWSTemplateFormatVersion' is there already, at cloudFormation/scaling.yml:1",
    ],
  ])('%s that exists is an error that says where, and the one there stays', (_, addition, problem) => {
    const { data, problems } = add(base, addition)
    expect(problems).toEqual([`1: ${problem} (give it another name, or change it in cloudFormation/overrides)`])
    expect(data).toEqual(dataOf(aTemplate(base)))
  })

  test.each([
    ['an equal transform is one', 'A', 'A', 'A'],
    [
      'equal ones of a list are one',
      '[A, {Name: B, Parameters: {C: 2.0}}]',
      '{Name: B, Parameters: {C: 2.0}}',
      ['A', { Name: 'B', Parameters: { C: 2 } }],
    ],
    ['another one follows', 'A', 'B', ['A', 'B']],
    ['those of two lists are joined in order', '[A, B]', '[C, B, D]', ['A', 'B', 'C', 'D']],
    [
      'one of other parameters is another one',
      '{Name: A, Parameters: {B: 2.0}}',
      '{Name: A, Parameters: {B: 2}}',
      [
        { Name: 'A', Parameters: { B: 2 } },
        { Name: 'A', Parameters: { B: 2 } },
      ],
    ],
  ])('%s', (_, base, addition, both) => {
    const { data, problems } = add(`Transform: ${base}\nResources: {}`, `Transform: ${addition}`)
    expect(problems).toEqual([])
    expect(data).toMatchObject({ Transform: both })
  })

  test('the same format version may be repeated', () => {
    expect(add(base, 'AWSTemplateFormatVersion: 2010-09-09').problems).toEqual([])
  })

  test('every name that exists is told', () => {
    expect(add('Resources: {A: {Type: T}, B: {Type: T}}', 'Resources: {B: {Type: T}, C: {Type: T}, A: {Type: T}}').problems).toHaveLength(2)
  })

  test('for all templates: adding nothing changes no byte, and adding a template to itself finds every name taken', () => {
    fc.assert(
      fc.property(templateText, (text) => {
        const root = sealed(aTemplate(text))
        expect(writeTemplate(applyAddition(root, sealed(aTemplate('{}', 'addition'))).root)).toBe(writeTemplate(root))
        const again = applyAddition(root, sealed(aTemplate(text, 'addition')))
        expect(again.problems).toHaveLength(Object.keys(JSON.parse(text).Resources).length)
        expect(writeTemplate(again.root)).toBe(writeTemplate(root))
      }),
    )
  })
})

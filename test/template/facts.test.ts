import { describe, expect, test } from '@jest/globals'
import { whereIs } from '../../src/document/node.ts'
import { outputs, parameters, resources } from '../../src/template/facts.ts'
import { aTemplate, sealed } from './build.ts'

const root = sealed(
  aTemplate(`
Parameters:
  Size: {Type: Number, Default: 3}
  Secret: {Type: String, NoEcho: true}
  Also: {Type: String, NoEcho: "TRUE", Default: ""}
  Plain: {Type: CommaDelimitedList, NoEcho: false, Default: "a,b"}
  __proto__: {Type: String}
Resources:
  Table: {Type: AWS::DynamoDB::Table, DeletionPolicy: Retain, UpdateReplacePolicy: Snapshot}
  Queue: {Type: AWS::SQS::Queue, DeletionPolicy: !Ref Plain}
  "Fn::ForEach::Loop": [a, [b], {}]
Outputs:
  Url: {Condition: IsProduction, Value: a}
  Arn: {Value: b}
`),
)

/** Facts by name, without their places. */
function factsOf<F extends object>(facts: ReadonlyMap<string, F>): [string, unknown][] {
  return [...facts].map(([name, fact]) => [name, Object.fromEntries(Object.entries(fact).filter(([key]) => key !== 'place'))])
}

describe('facts', () => {
  test('parameters, with their defaults as text', () => {
    expect(factsOf(parameters(root))).toEqual([
      ['Size', { type: 'Number', default: '3', noEcho: false, constraints: {} }],
      ['Secret', { type: 'String', noEcho: true, constraints: {} }],
      ['Also', { type: 'String', default: '', noEcho: true, constraints: {} }],
      ['Plain', { type: 'CommaDelimitedList', default: 'a,b', noEcho: false, constraints: {} }],
      ['__proto__', { type: 'String', noEcho: false, constraints: {} }],
    ])
  })

  test('resources, with the policies that are written out', () => {
    expect(factsOf(resources(root))).toEqual([
      ['Table', { type: 'AWS::DynamoDB::Table', deletionPolicy: 'Retain', updateReplacePolicy: 'Snapshot' }],
      ['Queue', { type: 'AWS::SQS::Queue' }],
    ])
  })

  test('outputs, with their conditions', () => {
    expect(factsOf(outputs(root))).toEqual([
      ['Url', { condition: 'IsProduction' }],
      ['Arn', {}],
    ])
  })

  test('each with the place of its name', () => {
    const place = resources(root).get('Queue')?.place
    expect(place && whereIs(place)).toEqual({ file: 'cloudFormation/scaling.yml', line: 10, column: 3 })
  })

  test('a template without the section has none', () => {
    const bare = aTemplate('Resources: {A: {Type: T}}')
    expect([parameters(bare).size, outputs(bare).size]).toEqual([0, 0])
  })
})

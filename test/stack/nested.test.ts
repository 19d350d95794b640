import { describe, expect, test } from '@jest/globals'
import { nodeFromJson } from '../../src/document/from-json.ts'
import type { MapNode } from '../../src/document/node.ts'
import { gatesOf } from '../../src/stack/gate.ts'
import { changesParameters, foretell } from '../../src/stack/nested.ts'

const treeOf = (template: object): MapNode => nodeFromJson(JSON.stringify(template), 'nested') as MapNode

const table = (properties: object = { TableName: 'orders' }, attributes: object = {}) => ({
  Type: 'AWS::DynamoDB::Table',
  ...attributes,
  Properties: properties,
})
const resources = (all: object, others: object = {}) => ({ ...others, Resources: all })

/** The consents that the change from one nested template to another asks for. */
async function gated(old: object, next: object, parameters = false): Promise<readonly string[]> {
  const { changes, nested } = foretell(treeOf(old), treeOf(next), parameters)
  return [...(await gatesOf('main.Child', changes, new Set())).map(({ consent }) => consent), ...nested.map((child) => `deep ${child}`)]
}

const stopped = ['main.Child.Table']
const named = { Parameters: { Name: { Type: 'String' } } }
const mapped = (name: string) => ({ Mappings: { Names: { a: { b: name } } } })
const conditional = (value: string) => ({ Conditions: { Wanted: { 'Fn::Equals': ['yes', value] } } })
const child = (url: string) => ({ Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: url } })

describe('point 11: what becomes of the data in a nested stack, by its old and new template', () => {
  test.each<[string, object, object, readonly string[], boolean?]>([
    ['the same templates', resources({ Table: table() }), resources({ Table: table() }), []],
    ['a table that leaves', resources({ Table: table() }), resources({}), stopped],
    ['a table that leaves and is retained', resources({ Table: table({}, { DeletionPolicy: 'Retain' }) }), resources({}), []],
    ['a table of another type now', resources({ Table: table() }), resources({ Table: { Type: 'AWS::SQS::Queue' } }), stopped],
    ['another name', resources({ Table: table() }), resources({ Table: table({ TableName: 'sales' }) }), stopped],
    [
      'what never replaces',
      resources({ Table: table() }),
      resources({ Table: table({ TableName: 'orders', TimeToLiveSpecification: { AttributeName: 't', Enabled: true } }) }),
      [],
    ],
    [
      'a name by a parameter, which stays',
      resources({ Table: table({ TableName: { Ref: 'Name' } }) }, named),
      resources({ Table: table({ TableName: { Ref: 'Name' } }) }, named),
      [],
    ],
    [
      'a name by a parameter, which may change',
      resources({ Table: table({ TableName: { Ref: 'Name' } }) }, named),
      resources({ Table: table({ TableName: { Ref: 'Name' } }) }, named),
      stopped,
      true,
    ],
    [
      'a name by Fn::Sub of it',
      resources({ Table: table({ TableName: { 'Fn::Sub': 'x-${Name}' } }) }, named),
      resources({ Table: table({ TableName: { 'Fn::Sub': 'x-${Name}' } }) }, named),
      stopped,
      true,
    ],
    [
      'a mapping that changes',
      resources({ Table: table({ TableName: { 'Fn::FindInMap': ['Names', 'a', 'b'] } }) }, mapped('x')),
      resources({ Table: table({ TableName: { 'Fn::FindInMap': ['Names', 'a', 'b'] } }) }, mapped('y')),
      stopped,
    ],
    [
      'a condition that changes',
      resources({ Table: table({}, { Condition: 'Wanted' }) }, conditional('yes')),
      resources({ Table: table({}, { Condition: 'Wanted' }) }, conditional('no')),
      stopped,
    ],
    ['a resource beside it', resources({ Table: table() }), resources({ Table: table(), Queue: { Type: 'AWS::SQS::Queue' } }), []],
    [
      'a name that comes of a resource which changes',
      resources({
        Table: table({ TableName: { 'Fn::GetAtt': ['Queue', 'QueueName'] } }),
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'a' } },
      }),
      resources({
        Table: table({ TableName: { 'Fn::GetAtt': ['Queue', 'QueueName'] } }),
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'b' } },
      }),
      stopped,
    ],
    ['a queue that leaves', resources({ Queue: { Type: 'AWS::SQS::Queue' } }), resources({}), []],
    ['a stack nested in it that leaves', resources({ Deep: child('a') }), resources({}), ['main.Child.Deep']],
    ['a stack nested in it that changes', resources({ Deep: child('a') }), resources({ Deep: child('b') }), ['deep Deep']],
    ['a stack nested in it that stays', resources({ Deep: child('a') }), resources({ Deep: child('a') }), []],
  ])('%s', async (_, old, next, consents, parameters = false) => {
    expect(await gated(old, next, parameters)).toEqual(consents)
  })
})

describe('whether a nested stack may get other parameters', () => {
  const change = (names: readonly string[]) => ({
    action: 'Modify' as const,
    logicalId: 'Child',
    type: 'AWS::CloudFormation::Stack',
    properties: names.map((name) => ({ attribute: 'Properties', ...(name === '' ? {} : { name }) })),
  })
  test.each([
    [true, []],
    [true, ['TemplateURL', 'Parameters']],
    [true, ['Parameters.Name']],
    [false, ['TemplateURL']],
    [false, ['']],
  ])('%s: %j', (may, names) => expect(changesParameters(change(names))).toBe(may))
})

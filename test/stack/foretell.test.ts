import { describe, expect, test } from '@jest/globals'
import { rememberedTemplates } from '../../src/deployment/target/templates.ts'
import type { Stack } from '../../src/stack/stacks.ts'

const thing = (properties: object = {}, more: object = {}) => ({ Type: 'Test::Towpath::Thing', Properties: properties, ...more })
const load = (template: object) => rememberedTemplates().parse(JSON.stringify(template), 'main')
const live = (parameters: Readonly<Record<string, string>> = {}): Stack => ({
  id: 'arn:aws:cloudformation:eu-west-1:000000000000:stack/main/1',
  name: 'main',
  status: 'CREATE_COMPLETE',
  created: '',
  outputs: {},
  parameters,
  tags: {},
  terminationProtection: false,
})

/** What is foretold, as `<action> <id>` with what becomes of it and which properties change. */
function foretold(
  before: object,
  after: object,
  { parameters = {}, sent = {}, open = [] }: { parameters?: Record<string, string>; sent?: Record<string, string>; open?: string[] } = {},
): readonly string[] {
  const given = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, { value }]))
  return load(after)
    .foretell(load(before), live(parameters), given, new Set(open))
    .map(({ action, logicalId, replacement = '', policyAction = '', properties }) =>
      [action, logicalId, replacement, policyAction, ...properties.map(({ attribute, path }) => path ?? attribute)]
        .filter(Boolean)
        .join(' '),
    )
}

const size = { Parameters: { Size: { Type: 'String', Default: '1' } } }
const sized = { ...size, Resources: { A: thing({ Size: { Ref: 'Size' } }) } }

describe('what is foretold of an update', () => {
  test.each<[string, object, object, Parameters<typeof foretold>[2], readonly string[]]>([
    ['nothing', { Resources: { A: thing() } }, { Resources: { A: thing() } }, {}, []],
    ['a resource more', { Resources: {} }, { Resources: { A: thing() } }, {}, ['Add A']],
    ['a resource less', { Resources: { A: thing() } }, { Resources: {} }, {}, ['Remove A Delete']],
    ['one that is kept', { Resources: { A: thing({}, { DeletionPolicy: 'Retain' }) } }, { Resources: {} }, {}, ['Remove A Retain']],
    ['one with a snapshot', { Resources: { A: thing({}, { DeletionPolicy: 'Snapshot' }) } }, { Resources: {} }, {}, ['Remove A Snapshot']],
    [
      'another property, which may replace it',
      { Resources: { A: thing({ Size: 1 }) } },
      { Resources: { A: thing({ Size: 2 }) } },
      {},
      ['Modify A Conditional /Properties/Size'],
    ],
    [
      'another attribute, which does not',
      { Resources: { A: thing() } },
      { Resources: { A: thing({}, { DeletionPolicy: 'Retain' }) } },
      {},
      ['Modify A False DeletionPolicy'],
    ],
    [
      'another type',
      { Resources: { A: thing() } },
      { Resources: { A: { Type: 'Test::Towpath::Other', UpdateReplacePolicy: 'Retain' } } },
      {},
      ['Modify A True ReplaceAndRetain UpdateReplacePolicy'],
    ],
    [
      'a parameter with another value',
      sized,
      sized,
      { parameters: { Size: '1' }, sent: { Size: '2' } },
      ['Modify A Conditional /Properties/Size'],
    ],
    ['a parameter with the same value', sized, sized, { parameters: { Size: '2' }, sent: { Size: '2' } }, []],
    [
      'a parameter that is not known',
      sized,
      sized,
      { parameters: { Size: '1' }, open: ['Size'] },
      ['Modify A Conditional /Properties/Size'],
    ],
    ['a secret, whose value nobody knows', sized, sized, { parameters: { Size: '****' }, sent: { Size: 'x' } }, []],
    [
      'a condition that no longer holds',
      { ...size, Conditions: { Big: { 'Fn::Equals': [{ Ref: 'Size' }, '9'] } }, Resources: { A: thing({}, { Condition: 'Big' }) } },
      { ...size, Conditions: { Big: { 'Fn::Equals': [{ Ref: 'Size' }, '9'] } }, Resources: { A: thing({}, { Condition: 'Big' }) } },
      { parameters: { Size: '9' }, sent: { Size: '1' } },
      ['Remove A Delete'],
    ],
  ])('%s', (_, before, after, known, expected) => {
    expect(foretold(before, after, known)).toEqual(expected)
  })
})

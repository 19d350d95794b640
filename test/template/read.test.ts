import { describe, expect, test } from '@jest/globals'
import { whereIs } from '../../src/document/node.ts'
import { member } from '../../src/document/placed.ts'
import { type Role, readTemplate } from '../../src/template/read.ts'
import { aTemplate, dataOf, said } from './build.ts'
import { aLargeTemplate } from './large.ts'

/** What a value becomes in the properties of a resource. */
function valueOfProperty(written: string): unknown {
  const root = aTemplate(`Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      Value: ${written}\n`)
  return dataOf(member(member(member(member(root, 'Resources'), 'Queue'), 'Properties'), 'Value'))
}

function problemsOf(text: string, role: Role = 'platform'): string[] {
  const { problems, nulls } = readTemplate(text, 'scaling.yml', role)
  return said([...problems, ...nulls])
}

const inQueue = (written: string) => `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      Value: ${written}\n`

describe('short forms become long ones', () => {
  test.each<[string, unknown]>([
    ['!Ref Topic', { Ref: 'Topic' }],
    ['!Condition IsProduction', { Condition: 'IsProduction' }],
    ['!GetAtt Topic.TopicArn', { 'Fn::GetAtt': ['Topic', 'TopicArn'] }],
    ['!GetAtt Nested.Outputs.Topic.Arn', { 'Fn::GetAtt': ['Nested', 'Outputs.Topic.Arn'] }],
    ['!GetAtt [Topic, TopicArn]', { 'Fn::GetAtt': ['Topic', 'TopicArn'] }],
    ['{ "Fn::GetAtt": Topic.TopicArn }', { 'Fn::GetAtt': ['Topic', 'TopicArn'] }],
    ['!Sub "${AWS::Region}"', { 'Fn::Sub': '${AWS::Region}' }],
    ['!Sub ["${A}", {A: !Ref B}]', { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }],
    ['!Join [",", !Split [";", !Ref A]]', { 'Fn::Join': [',', { 'Fn::Split': [';', { Ref: 'A' }] }] }],
    ['!Select [0, !GetAZs ""]', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }],
    ['!If [A, !Ref B, !Ref AWS::NoValue]', { 'Fn::If': ['A', { Ref: 'B' }, { Ref: 'AWS::NoValue' }] }],
    [
      '!And [!Not [!Equals [a, b]], !Or [!Condition A]]',
      { 'Fn::And': [{ 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, { 'Fn::Or': [{ Condition: 'A' }] }] },
    ],
    ['!FindInMap [Map, a, b]', { 'Fn::FindInMap': ['Map', 'a', 'b'] }],
    ['!Base64 text', { 'Fn::Base64': 'text' }],
    ['!Cidr [a, 6, 5]', { 'Fn::Cidr': ['a', 6, 5] }],
    ['!ImportValue name', { 'Fn::ImportValue': 'name' }],
    ['!Transform { Name: AWS::Include }', { 'Fn::Transform': { Name: 'AWS::Include' } }],
    ['!Length [1, 2]', { 'Fn::Length': [1, 2] }],
    ['!ToJsonString { a: 1 }', { 'Fn::ToJsonString': { a: 1 } }],
    ['!Contains [[a], b]', { 'Fn::Contains': [['a'], 'b'] }],
    ['!EachMemberEquals [[a], b]', { 'Fn::EachMemberEquals': [['a'], 'b'] }],
    ['!EachMemberIn [[a], [b]]', { 'Fn::EachMemberIn': [['a'], ['b']] }],
    ['!RefAll AWS::EC2::VPC::Id', { 'Fn::RefAll': 'AWS::EC2::VPC::Id' }],
    ['!ValueOf [A, b]', { 'Fn::ValueOf': ['A', 'b'] }],
    ['!ValueOfAll [A, b]', { 'Fn::ValueOfAll': ['A', 'b'] }],
  ])('%s', (written, value) => {
    expect(valueOfProperty(written)).toEqual(value)
  })

  test('a call stands where its tag was written', () => {
    const root = aTemplate('Resources:\n  A:\n    Type: T\n    Value: !Join\n      - ","\n      - [a]\n')
    const call = member(member(member(root, 'Resources'), 'A'), 'Value')
    expect(call && whereIs(call.place)).toMatchObject({ line: 4, column: 12 })
  })

  test('an account id keeps its zero, a date stays text, a number is one', () => {
    expect([valueOfProperty('012345678901'), valueOfProperty('2012-10-17'), valueOfProperty('30'), valueOfProperty('yes')]).toEqual([
      '012345678901',
      '2012-10-17',
      30,
      true,
    ])
  })

  test.each([
    ['!Ref', { Ref: '' }],
    ['!GetAZs', { 'Fn::GetAZs': '' }],
    ['!Sub', { 'Fn::Sub': '' }],
    ['!GetAZs ""', { 'Fn::GetAZs': '' }],
    ['!Base64 30', { 'Fn::Base64': '30' }],
    ['!Sub True', { 'Fn::Sub': 'True' }],
    ['!Sub 0755', { 'Fn::Sub': '0755' }],
    ['!Select [ 0, !GetAZs ]', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }],
  ])('a tag makes a text of what it stands on, of nothing the empty one: %s', (written, value) => {
    expect(valueOfProperty(written)).toEqual(value)
  })

  test('a block text that ends with the file ends as it does there', () => {
    const text = (end: string) => `Resources:\n  A:\n    Type: T\n    Value: |\n      a\n      b${end}`
    const value = (end: string) => dataOf(member(member(member(aTemplate(text(end)), 'Resources'), 'A'), 'Value'))
    expect([value(''), value('\n'), value('\n\n'), value('\n  ')]).toEqual(['a\nb', 'a\nb\n', 'a\nb\n', 'a\nb\n'])
  })
})

describe('what no template may hold', () => {
  test.each([
    ['an attribute without a dot', '!GetAtt Topic', "5: Fn::GetAtt 'Topic' is no attribute of a resource (write LogicalId.Attribute)"],
    ['null', '~', "5: 'Value' has no value (null) (give it a value, or remove it)"],
    ['nothing', '', "5: 'Value' has no value (null) (give it a value, or remove it)"],
    ['null in a list', '[a, null]', '5: a list entry has no value (null) (give it a value, or remove it)'],
    ['a misspelt function', '!Reff a', "5: unknown tag '!Reff' (did you mean '!Ref'?)"],
  ])('%s', (_, written, problem) => {
    expect(problemsOf(inQueue(written))).toEqual([problem])
  })

  test.each(['platform', 'addition'] as const)('marks of an override in the role of %s, in either form', (role) => {
    const marks = ['!Remove', '!Replace a', '!Append [a]', '!Prepend [a]']
    const long = ['{ "Towpath::Remove": true }', '{ "Towpath::Replace": a }', '{ "Towpath::Append": [a] }', '{ "Towpath::Prepend": [a] }']
    for (const [index, mark] of marks.entries()) {
      const problem = `5: ${mark.split(' ')[0]} is for overrides only (move it to cloudFormation/overrides)`
      expect(problemsOf(inQueue(mark), role)).toEqual([problem])
      expect(problemsOf(inQueue(long[index] ?? ''), role)).toEqual([problem])
    }
  })
})

describe('marks of an override', () => {
  const markOf = (written: string) => {
    const root = aTemplate(`Resources: { Queue: { Value: ${written} } }`, 'override')
    return member(member(member(root, 'Resources'), 'Queue'), 'Value')
  }

  test.each([
    ['!Remove', '{ "Towpath::Remove": true }', { tag: '!Remove', kind: 'scalar', value: null }],
    ['!Replace 1', '{ "Towpath::Replace": 1 }', { tag: '!Replace', kind: 'scalar', value: 1 }],
    ['!Append [1]', '{ "Towpath::Append": [1] }', { tag: '!Append', kind: 'list', items: [{ value: 1 }] }],
    ['!Prepend [1]', '{ "Towpath::Prepend": [1] }', { tag: '!Prepend', kind: 'list', items: [{ value: 1 }] }],
  ])('%s and %s are the same', (short, long, node) => {
    expect(markOf(short)).toMatchObject(node)
    expect(markOf(long)).toMatchObject(node)
  })

  test('a function under a mark is read as a function', () => {
    expect(dataOf(markOf('{ "Towpath::Replace": !GetAtt A.B }'))).toEqual({ 'Fn::GetAtt': ['A', 'B'] })
    expect(markOf('!Replace { "Fn::GetAtt": A.B }')).toMatchObject({ tag: '!Replace', kind: 'map' })
  })

  test.each([
    ['!Remove x', '!Remove with a value (write it alone)'],
    ['{ "Towpath::Remove": false }', '!Remove with a value (write it alone)'],
    ['!Append x', '!Append without a list (write !Append [ … ])'],
    ['!Prepend { a: 1 }', '!Prepend without a list (write !Prepend [ … ])'],
    ['!Replace', '!Replace has no value (write !Remove to remove it, or give it a value)'],
    ['{ "Towpath::Apend": [x] }', "unknown override 'Towpath::Apend' (did you mean 'Towpath::Append'?)"],
    ['{ "Towpath::Append": [x], a: 1 }', "'Towpath::Append' has other keys beside it (make it the only key of its map)"],
    ['{ "Towpath::Append": !Replace [x] }', "'Towpath::Append' and !Replace on one value (keep one of the two)"],
    ['!Replace { "Towpath::Append": [x] }', "'Towpath::Append' and !Replace on one value (keep one of the two)"],
  ])('%s is refused', (written, problem) => {
    expect(problemsOf(`Resources: { Queue: { Value: ${written} } }`, 'override')).toEqual([`1: ${problem}`])
  })
})

describe('the outline of a template', () => {
  test.each([
    ['a list', '[a]', "1: a template is a map of sections, not a list (write its sections, such as 'Resources')"],
    ['a text', 'Resources', "1: a template is a map of sections, not a scalar (write its sections, such as 'Resources')"],
    ['a misspelt section', 'Resource: {}', "1: unknown section 'Resource' (did you mean 'Resources'?)"],
    ['a section that is a list', 'Outputs: []', "1: section 'Outputs' is no map (write a map)"],
    ['a description that is a map', 'Description: {a: 1}', "1: section 'Description' is no text (write a text)"],
    ['a resource that is a text', 'Resources: {A: b}', "1: resource 'A' is no map (write its keys below it)"],
    ['a resource without a type', 'Resources: {A: {}}', "1: resource 'A' has no Type (give it one)"],
    [
      'a resource whose type is a function',
      'Resources: {A: {Type: !Ref B}}',
      "1: the Type of resource 'A' is no text (write the name of a type)",
    ],
    ['a parameter without a type', 'Parameters: {A: {Default: b}}', "1: parameter 'A' has no Type (give it one)"],
    ['an output that is a text', 'Outputs: {A: b}', "1: output 'A' is no map (write its keys below it)"],
  ])('%s is refused', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
    expect(problemsOf(text, 'addition')).toEqual([problem])
  })

  test('every section there is, and transforms of all shapes, are fine', () => {
    const named = ['Parameters', 'Resources'].map((section) => `${section}: {A: {Type: T}}\n`).join('')
    const plain = ['Metadata', 'Rules', 'Mappings', 'Conditions', 'Outputs', 'Hooks', 'Globals']
      .map((section) => `${section}: {A: {b: c}}\n`)
      .join('')
    for (const transform of ['AWS::Include', '[A, B]', '{Name: AWS::Include}']) {
      expect(problemsOf(`AWSTemplateFormatVersion: 2010-09-09\nDescription: d\nTransform: ${transform}\n${named}${plain}`)).toEqual([])
    }
  })

  test('a section or resource that has nothing below it is told once', () => {
    expect(problemsOf('Resources:\n  A:\nOutputs:\n')).toEqual([
      "2: 'A' has no value (null) (give it a value, or remove it)",
      "3: 'Outputs' has no value (null) (give it a value, or remove it)",
    ])
  })

  test('what makes resources needs no type of its own', () => {
    expect(problemsOf('Resources: {"Fn::ForEach::A": [a, [b], {}], "Fn::Transform": {Name: X}, B: {"Fn::Transform": {Name: X}}}')).toEqual(
      [],
    )
  })

  test('an override is partial: its resources need no type, its sections may carry a mark', () => {
    expect(problemsOf('Resources: {A: {Properties: {b: 1}}}\nOutputs: !Remove\nDescription: !Replace x', 'override')).toEqual([])
    expect(problemsOf('Resourcs: {}', 'override')).toEqual(["1: unknown section 'Resourcs' (did you mean 'Resources'?)"])
    expect(problemsOf('!Replace {Resources: {}}', 'override')).toEqual([
      '1: !Replace on a whole template (put it on a value in the template)',
    ])
  })

  test('an empty file says nothing, unless it is the platform template', () => {
    for (const text of ['', '# later\n']) {
      expect(readTemplate(text, 'scaling.yml', 'override')).toEqual({ root: undefined, problems: [], nulls: [] })
      expect(readTemplate(text, 'scaling.yml', 'addition')).toEqual({ root: undefined, problems: [], nulls: [] })
      expect(problemsOf(text)).toEqual(['1: the template is empty (give it Resources)'])
    }
  })

  test('one problem does not hide another', () => {
    expect(problemsOf('Resource: {}\nOutputs: {A: {Value: !Reff x, Value: ~}}\nParameters: []\n')).toEqual([
      "1: unknown section 'Resource' (did you mean 'Resources'?)",
      "2: unknown tag '!Reff' (did you mean '!Ref'?)",
      "2: key 'Value' stands twice in one map (remove one: the first is on line 2)",
      "3: section 'Parameters' is no map (write a map)",
    ])
  })
})

test.each([
  ['problems', 'Resources:\n', (n: number) => `  A${n}: b\n`],
  ['unknown sections', '', (n: number) => `A${n}: b\n`],
  ['nulls', 'Metadata:\n', (n: number) => `  A${n}:\n`],
])('a file of nothing but %s is refused, however many', (_, start, line) => {
  const text = start + Array.from({ length: 150_000 }, (_, n) => line(n)).join('')
  expect(readTemplate(text, 'scaling.yml', 'platform').problems).toHaveLength(150_000)
})

test('a megabyte of template is read, every resource of it', () => {
  const text = aLargeTemplate(2_400)
  expect(text.length).toBeGreaterThan(1_000_000)
  const { root, problems } = readTemplate(text, 'large.yml', 'platform')
  expect(problems).toEqual([])
  const resources = member(root, 'Resources')
  expect(resources?.kind === 'map' && resources.entries.size).toBe(2_401)
})

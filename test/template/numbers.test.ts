import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../src/digest.ts'
import { nodeFromJson } from '../../src/document/from-json.ts'
import { evaluateCondition } from '../../src/template/condition.ts'
import { parameters } from '../../src/template/facts.ts'
import { mergeTemplate } from '../../src/template/merge/merge.ts'
import { replaceTemplateUrls } from '../../src/template/nested.ts'
import { readTemplate } from '../../src/template/read.ts'
import { writeTemplate } from '../../src/template/write.ts'
import { aTemplate, files } from './build.ts'

/** 2.0 in every place where a value can stand. */
const everywhere = `
Metadata: {A: 2.0, B: [2.0, {C: 2.0}]}
Parameters: {P: {Type: Number, Default: 2.0, MinValue: 2.0, AllowedValues: [2.0]}}
Rules: {R: {RuleCondition: !Equals [2.0, !Ref P], Assertions: [{Assert: !Contains [[2.0], !Ref P]}]}}
Mappings: {M: {A: {B: 2.0, C: [2.0]}}}
Conditions:
  C: !Equals [!Ref P, 2.0]
  D: !And [!Condition C, !Not [!Equals [2.0, 2.0]]]
Transform: [{Name: AWS::LanguageExtensions, Parameters: {A: 2.0}}]
Resources:
  Anchor: &anchor {Type: T, Properties: {A: 2.0}}
  Alias: *anchor
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yml, Parameters: {A: 2.0}}}
  Fn::ForEach::Loop: [Name, [2.0], {"X\${Name}": {Type: T, Properties: {A: 2.0}}}]
  R:
    Type: T
    DependsOn: Anchor
    CreationPolicy: {ResourceSignal: {Count: 2.0}}
    UpdatePolicy: {A: 2.0}
    Metadata: {A: 2.0}
    Properties:
      Plain: 2.0
      "2.0": {"a": 2.0}
      List: [2.0, [2.0], {A: 2.0}]
      If: !If [C, 2.0, !If [C, 2.0, 2.0]]
      Join: !Join ["", [2.0, a]]
      Select: !Select [0, [2.0]]
      Sub: !Sub ["\${A}", {A: 2.0}]
      Map: !FindInMap [M, 2.0, B]
      Long: {Fn::Base64: 2.0}
      Json: !ToJsonString {A: 2.0}
      Block:
        - 2.0
        - A: 2.0
Outputs: {O: {Value: 2.0, Export: {Name: 2.0}}, P: {Value: !If [C, 2.0, a]}}
Hooks: {H: {Type: A, Properties: {A: 2.0}}}
`
/** How often it stands there as a value; once more as a key, and each alias makes one. */
const places = everywhere.split('2.0').length - 1 - 1 + 1

function counts(text: string): { readonly bare: number; readonly quoted: number } {
  return { bare: text.match(/(?<!")\b2\.0\b(?!")/g)?.length ?? 0, quoted: text.match(/"2\.0"/g)?.length ?? 0 }
}

describe('a number keeps its text', () => {
  const root = aTemplate(everywhere)
  const written = writeTemplate(root)

  test('in every place where a value can stand; as a key it is a text', () => {
    expect(counts(written)).toEqual({ bare: places, quoted: 1 })
    expect(written).not.toContain('rawJSON')
  })

  test('through a merge with an override and an addition', () => {
    const { text, digest, problems } = mergeTemplate({
      platform: { text: everywhere, file: files.platform },
      override: { text: 'Resources: {R: {Properties: {New: 2.0, List: !Append [2.0], If: !Replace 2.0}}}', file: files.override },
      addition: { text: 'Resources: {S: {Type: T, Properties: {A: 2.0}}}', file: files.addition },
    })
    expect(problems).toEqual([])
    expect(counts(text)).toEqual({ bare: places + 4 - 3, quoted: 1 })
    expect(digest).toBe(digestOf(text))
  })

  test('when a stored template is read back, and a nested URL is put in', () => {
    const stored = nodeFromJson(written, 'stack a')
    if (stored.kind !== 'map') throw new Error('no map')
    expect(writeTemplate(stored)).toBe(written)
    const sent = writeTemplate(replaceTemplateUrls(stored, new Map([['Nested', 'https://a']])))
    expect(sent).toBe(written.replace('"child.yml"', '"https://a"'))
  })

  test('in a JSON file as JSON may write it', () => {
    const text = '{"Resources": {"A": {"Type": "T", "Properties": {"B": [2.0, 1e3, -0, 1.50E-7, 12345678901234567890]}}}}'
    expect(writeTemplate(aTemplate(text)).replaceAll(/\s/g, '')).toContain('[2.0,1e3,-0,1.50E-7,12345678901234567890]')
  })

  test('and what a condition makes of it is not guessed', () => {
    expect(evaluateCondition(root, 'C', { P: '2' }, {})).toBeUndefined()
    expect(evaluateCondition(root, 'C', { P: '2.0' }, {})).toBeUndefined()
    const plain = aTemplate('Parameters: {P: {Type: Number}}\nConditions: {C: !Equals [!Ref P, 2]}\nResources: {A: {Type: T}}')
    expect(evaluateCondition(plain, 'C', { P: '2' }, {})).toBe(true)
  })

  test('a default is its text', () => {
    expect(parameters(root).get('P')?.default).toBe('2.0')
  })

  test('an old release is written as it was', () => {
    const old = '{\n "Resources": {\n  "A": {\n   "B": [\n    30,\n    1e+21,\n    "2.0",\n    0.1\n   ]\n  }\n }\n}\n'
    const root = nodeFromJson(old, 'stack a')
    expect(root.kind === 'map' && writeTemplate(root)).toBe(old)
    expect(readTemplate(old, 'a.json', 'platform').problems).toHaveLength(1)
  })
})

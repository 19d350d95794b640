import { describe, expect, test } from '@jest/globals'
import { mergeTemplate } from '../../../src/template/merge/merge.ts'
import { said } from '../build.ts'

const problemsOf = (text: string) => said(mergeTemplate({ platform: { text, file: 'a.yml' } }).problems)
const resource = 'Resources: {A: {Type: T}}\n'
const many = (kind: string, count: number, value: string) =>
  `${kind}: {${Array.from({ length: count }, (_, n) => `N${n}: ${value}`).join(', ')}}\n`

describe("CloudFormation's limits are known offline", () => {
  test.each([
    [
      'resources',
      many('Resources', 500, '{Type: T}'),
      many('Resources', 501, '{Type: T}'),
      'the template has 501 resources, and CloudFormation takes 500',
    ],
    [
      'parameters',
      resource + many('Parameters', 200, '{Type: String}'),
      resource + many('Parameters', 201, '{Type: String}'),
      'the template has 201 parameters, and CloudFormation takes 200',
    ],
    [
      'outputs',
      resource + many('Outputs', 200, '{Value: a}'),
      resource + many('Outputs', 201, '{Value: a}'),
      'the template has 201 outputs, and CloudFormation takes 200',
    ],
    [
      'mappings',
      resource + many('Mappings', 200, '{a: {b: c}}'),
      resource + many('Mappings', 201, '{a: {b: c}}'),
      'the template has 201 mappings, and CloudFormation takes 200',
    ],
    [
      'a description',
      `Description: ${'a'.repeat(1024)}\n${resource}`,
      `Description: ${'é'.repeat(513)}\n${resource}`,
      'the description has 1026 bytes, and CloudFormation takes 1024',
    ],
    [
      'a logical id',
      `Resources: {${'A'.repeat(255)}: {Type: T}}`,
      `Resources: {${'A'.repeat(256)}: {Type: T}}`,
      /^1: the logical id 'A+…' has 256 characters, and CloudFormation takes 255 \(shorten it\)$/,
    ],
    ['its letters', resource, 'Resources: {A-b: {Type: T}}', "invalid logical id 'A-b': only letters and digits are allowed (write 'Ab')"],
    [
      'letters of an output',
      `${resource}Outputs: {A: {Value: a}}`,
      `${resource}Outputs: {A_b: {Value: a}}`,
      "invalid output name 'A_b': only letters and digits are allowed (write 'Ab')",
    ],
  ])('%s', (_, fits, beyond, problem) => {
    expect(problemsOf(fits)).toEqual([])
    expect(problemsOf(beyond)).toEqual([typeof problem === 'string' ? expect.stringContaining(problem) : expect.stringMatching(problem)])
  })

  test('bytes, as they are sent', () => {
    const text = (length: number) => `Resources: {A: {Type: T, Properties: {B: "${'é'.repeat(length)}"}}}`
    expect(problemsOf(text(499_000))).toEqual([])
    expect(problemsOf(text(500_001))).toEqual([
      expect.stringMatching(/^1: the template has 1000\d+ bytes as it is sent, and CloudFormation takes 1000000 /),
    ])
  })
})

describe('circles', () => {
  test.each([
    [
      'resources',
      'Resources:\n  A: {Type: T, Properties: {B: !Ref B}}\n  B: {Type: T, DependsOn: C}\n  C: {Type: T, Properties: {D: !Sub "${A.Arn}"}}\n',
      '2: resources need each other in a circle: A → B → C → A (remove one of these references)',
    ],
    [
      'one alone',
      'Resources: {A: {Type: T, Properties: {B: !GetAtt A.C}}}',
      '1: resources need each other in a circle: A → A (remove one of these references)',
    ],
    [
      'conditions',
      `${resource}Conditions: {C: !Not [!Condition D], D: !And [!Condition C, !Condition C]}`,
      '2: conditions need each other in a circle: C → D → C (remove one of these references)',
    ],
  ])('of %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  test.each([
    [
      'a branch that may not be taken',
      'Conditions: {C: !Equals [a, b]}\nResources: {A: {Type: T, Properties: {B: !If [C, !Ref B, c]}}, B: {Type: T, Properties: {B: !Ref A}}}',
    ],
    ['what a macro may change', 'Transform: Mine\nResources: {A: {Type: T, DependsOn: B}, B: {Type: T, DependsOn: A}}'],
    [
      'a chain of five hundred',
      `Resources: {${Array.from({ length: 499 }, (_, n) => `A${n}: {Type: T, DependsOn: A${n + 1}}`).join(', ')}, A499: {Type: T}}`,
    ],
  ])('none in %s', (_, text) => {
    expect(problemsOf(text)).toEqual([])
  })
})

describe('words that CloudFormation would refuse', () => {
  test.each([
    [
      'a policy',
      'Resources: {A: {Type: T, UpdateReplacePolicy: Retian}}',
      "1: invalid UpdateReplacePolicy 'Retian' of resource 'A' (did you mean 'Retain'?)",
    ],
    [
      'one of another attribute',
      'Resources: {A: {Type: T, UpdateReplacePolicy: RetainExceptOnCreate}}',
      "1: invalid UpdateReplacePolicy 'RetainExceptOnCreate' of resource 'A' (write one of Delete, Retain, Snapshot)",
    ],
    ['an output without a value', `${resource}Outputs: {A: {Description: a}}`, "2: output 'A' has no Value (give it one)"],
    [
      'two outputs of one export',
      `${resource}Outputs: {A: {Value: a, Export: {Name: n}}, B: {Value: b, Export: {Name: n}}}`,
      "2: outputs 'A' and 'B' export the same name (give one of them another name)",
    ],
    [
      'a loop without its transform',
      'Resources: {"Fn::ForEach::A": [V, [a], {"B${V}": {Type: T}}]}',
      "1: 'Fn::ForEach::A' needs the transform AWS::LanguageExtensions (write 'Transform: AWS::LanguageExtensions')",
    ],
    [
      'a type of SAM without its transform',
      'Resources: {A: {Type: AWS::Serverless::Function}}',
      "1: the type of resource 'A' needs the transform AWS::Serverless-2016-10-31 (write 'Transform: AWS::Serverless-2016-10-31')",
    ],
    [
      'a default that is not allowed',
      `${resource}Parameters: {P: {Type: String, Default: c, AllowedValues: [a, b]}}`,
      "2: the default 'c' of parameter 'P' is not one of the allowed values 'a', 'b' (give another default)",
    ],
  ])('%s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  test('two outputs under two conditions may exclude each other', () => {
    const text = `${resource}Conditions: {C: !Equals [a, b], D: !Not [!Condition C]}\nOutputs: {A: {Condition: C, Value: a, Export: {Name: n}}, B: {Condition: D, Value: b, Export: {Name: n}}}`
    expect(problemsOf(text)).toEqual([])
  })
})

describe('paths on this machine that CloudFormation cannot read', () => {
  const sam = 'Transform: AWS::Serverless-2016-10-31\n'
  test.each([
    ['CodeUri', `${sam}Resources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: ./src}}}`],
    ['Code', 'Resources: {A: {Type: AWS::Lambda::Function, Properties: {Code: src}}}'],
    ['DefinitionUri', `${sam}Resources: {A: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: api.yml}}}`],
    ['Location', 'Resources: {A: {Type: T, Properties: {B: !Transform {Name: AWS::Include, Parameters: {Location: ./more.yml}}}}}'],
    [
      'TemplateURL',
      'Transform: AWS::LanguageExtensions\nResources: {"Fn::ForEach::L": [V, [a], {"A${V}": {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yml}}}]}',
    ],
  ])('%s', (property, text) => {
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(new RegExp(`${property} '.*' is a path on this machine, and CloudFormation reads from S3 only`)),
    ])
  })

  test.each([
    ['a URL', `${sam}Resources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: s3://a/b}}}`],
    ['a place in a bucket', 'Resources: {A: {Type: AWS::Lambda::Function, Properties: {Code: {S3Bucket: a, S3Key: b}}}}'],
    [
      'the template of a nested stack, which is packaged',
      'Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yml}}}',
    ],
  ])('and not %s', (_, text) => {
    expect(problemsOf(text)).toEqual([])
  })
})

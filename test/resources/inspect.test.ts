import { describe, expect, test } from '@jest/globals'
import { inspectResources } from '../../src/resources/inspect.ts'
import { aTemplate, said } from '../template/build.ts'

async function inspect(text: string) {
  const { problems, advice, unchecked } = await inspectResources(aTemplate(text))
  return { problems: said(problems), advice: advice.map(({ rule, pointer, message }) => `${rule} ${pointer}: ${message}`), unchecked }
}

const queue = (properties: string, more = '') => `Resources:\n  Queue: {Type: AWS::SQS::Queue, Properties: ${properties}}\n${more}`

describe('properties of a known type', () => {
  test('one that it does not have is a problem, with the nearest name', async () => {
    const { problems, advice } = await inspect(queue('{VisibilityTimeot: 30}'))
    expect(problems).toEqual(["2: unknown property 'VisibilityTimeot' of AWS::SQS::Queue (did you mean 'VisibilityTimeout'?)"])
    expect(advice).toEqual([])
  })

  test('so it is further down, in lists and in the branches of Fn::If', async () => {
    const text = queue(
      '{Tags: [{Key: a, Valu: b}, !If [C, {Key: a, Value: b, C: d}, !Ref AWS::NoValue]]}',
      'Conditions: {C: !Equals [a, a]}\n',
    )
    expect((await inspect(text)).problems).toEqual([
      "2: unknown property 'Valu' of Tags[0] of AWS::SQS::Queue (did you mean 'Value'?)",
      "2: unknown property 'C' of Tags[1] of AWS::SQS::Queue (remove it; there is Key, Value)",
    ])
  })

  test('a value beyond what it takes is advice, at its place', async () => {
    const { problems, advice } = await inspect(
      queue('{VisibilityTimeout: 86400, DelaySeconds: -1, FifoQueue: maybe, MaximumMessageSize: large}'),
    )
    expect(problems).toEqual([])
    expect(advice).toEqual([
      'value /Resources/Queue/Properties/VisibilityTimeout: VisibilityTimeout of AWS::SQS::Queue: 86400 is more than 43200',
      'value /Resources/Queue/Properties/DelaySeconds: DelaySeconds of AWS::SQS::Queue: -1 is less than 0',
      "value /Resources/Queue/Properties/FifoQueue: FifoQueue of AWS::SQS::Queue: expected true or false, got 'maybe'",
      "value /Resources/Queue/Properties/MaximumMessageSize: MaximumMessageSize of AWS::SQS::Queue: expected an integer, got 'large'",
    ])
  })

  test.each([
    [
      'a required property that is missing',
      'AWS::SQS::QueuePolicy',
      '{PolicyDocument: {}}',
      ["required-property: AWS::SQS::QueuePolicy needs the property 'Queues'"],
    ],
    [
      'a word that is none of its',
      'AWS::Lambda::Function',
      '{Code: {ZipFile: a}, Role: "arn:aws:iam::123456789012:role/a", PackageType: Zipp}',
      [expect.stringContaining("'Zipp' is not one of ")],
    ],
    [
      'a scalar where a list belongs',
      'AWS::SQS::QueuePolicy',
      '{PolicyDocument: {}, Queues: a}',
      ["value: Queues of AWS::SQS::QueuePolicy: expected a list, got 'a'"],
    ],
    [
      'a text where a map belongs',
      'AWS::Lambda::Function',
      '{Code: a, Role: "arn:aws:iam::123456789012:role/a"}',
      ["value: Code of AWS::Lambda::Function: expected a map, got 'a'"],
    ],
    [
      'a number whose text matters',
      'AWS::SNS::Topic',
      '{DisplayName: 2.0}',
      ['value: DisplayName of AWS::SNS::Topic: quote the number 2.0: its text matters here'],
    ],
  ])('%s is advice', async (_, type, properties, expected) => {
    const { problems, advice } = await inspectResources(aTemplate(`Resources: {A: {Type: ${type}, Properties: ${properties}}}`))
    expect(said(problems)).toEqual([])
    expect(advice.map(({ rule, message }) => `${rule}: ${message}`)).toEqual(expected)
  })

  test('what CloudFormation computes or resolves is not judged, and neither are numbers as texts', async () => {
    const properties =
      '{VisibilityTimeout: !Ref P, DelaySeconds: "30", QueueName: 30, FifoQueue: "true", KmsMasterKeyId: "{{resolve:ssm:a}}"}'
    expect(await inspect(`Parameters: {P: {Type: Number}}\n${queue(properties)}`)).toEqual({ problems: [], advice: [], unchecked: [] })
  })

  test('whoever knows better says so as cfn-lint is told', async () => {
    const ignoring = 'Metadata: {cfn-lint: {config: {ignore_checks: [E3002, E1010]}}}'
    expect((await inspect(`${ignoring}\n${queue('{New: 1}', 'Outputs: {A: {Value: !GetAtt Queue.New}}\n')}`)).problems).toEqual([])
    expect((await inspect(`Resources: {A: {Type: AWS::SQS::Queue, ${ignoring}, Properties: {New: 1}}}`)).problems).toEqual([])
  })
})

describe('attributes of a known type', () => {
  test.each([
    ['!GetAtt Queue.Arn', []],
    ['!Sub "${Queue.QueueName}"', []],
    ['!Sub ["${Queue.Own}", {Queue.Own: a}]', []],
    ['!GetAtt Queue.Arnn', ["3: AWS::SQS::Queue has no attribute 'Arnn' (resource 'Queue') (did you mean 'Arn'?)"]],
    ['!Sub "a-${Queue.Nmae}"', [expect.stringContaining("AWS::SQS::Queue has no attribute 'Nmae' (resource 'Queue')")]],
  ])('%s', async (value, problems) => {
    expect((await inspect(queue('{}', `Outputs: {A: {Value: ${value}}}\n`))).problems).toEqual(problems)
  })

  test('outputs of a nested stack may have any name', async () => {
    const text =
      'Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a}}}\nOutputs: {A: {Value: !GetAtt A.Outputs.Any}}'
    expect((await inspect(text)).problems).toEqual([])
  })
})

describe('types', () => {
  test('one that the data does not have is unchecked, with the nearest name as advice', async () => {
    expect(await inspect('Resources: {A: {Type: AWS::SQS::Queu, Properties: {Any: 1}}, B: {Type: Acme::Own::Thing}}')).toEqual({
      problems: [],
      advice: ["type /Resources/A/Type: unknown type 'AWS::SQS::Queu': did you mean 'AWS::SQS::Queue'?"],
      unchecked: [
        "cloudFormation/scaling.yml:1: resource 'A': type 'AWS::SQS::Queu' is private, or newer than this version of towpath",
        "cloudFormation/scaling.yml:1: resource 'B': type 'Acme::Own::Thing' is private, or newer than this version of towpath",
      ],
    })
  })

  test.each(['Custom::Thing', 'AWS::CloudFormation::CustomResource', 'Acme::S3::Store::MODULE'])('%s may hold anything', async (type) => {
    const text = `Resources: {A: {Type: "${type}", Properties: {ServiceToken: a, Any: {Thing: 1}}}}\nOutputs: {A: {Value: !GetAtt A.Any}}`
    expect(await inspect(text)).toEqual({ problems: [], advice: [], unchecked: [] })
  })

  test('a template that an unknown macro changes is not judged', async () => {
    expect(await inspect(`Transform: Mine\n${queue('{Any: 1}')}`)).toEqual({ problems: [], advice: [], unchecked: [] })
  })

  test('under SAM the types of AWS are judged, and those of SAM by their properties', async () => {
    const text = `Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Handlr: a}}\n  Q: {Type: AWS::SQS::Queue, Properties: {Any: 1}}\n`
    expect((await inspect(text)).problems).toEqual([
      "3: unknown property 'Handlr' of AWS::Serverless::Function (did you mean 'Handler'?)",
      expect.stringContaining("4: unknown property 'Any' of AWS::SQS::Queue"),
    ])
  })
})

import { expect, test } from '@jest/globals'
import { drive, type Parts, thing } from './driver.ts'

/** What an output of this value shows. */
async function shown(value: unknown, more: Parts = {}): Promise<string | undefined> {
  const { deploy } = drive()
  return (await deploy({ ...more, Outputs: { O: { Value: value } } }, { parameters: {} })).outputs.O
}

const queue = { Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } } } }
const topic = { Resources: { T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 't' } } } }
const bucket = { Resources: { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b' } } } }
const listed = { Parameters: { L: { Type: 'CommaDelimitedList', Default: 'a, b' } } }
const chosen = {
  Parameters: { P: { Type: 'String', Default: 'yes' } },
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'P' }, 'yes'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    One: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
  },
}

test.each<[unknown, Parts, string]>([
  [{ Ref: 'Q' }, queue, 'https://sqs.eu-west-1.amazonaws.com/000000000001/q'],
  [{ 'Fn::GetAtt': ['Q', 'Arn'] }, queue, 'arn:aws:sqs:eu-west-1:000000000001:q'],
  [{ 'Fn::GetAtt': 'Q.QueueName' }, queue, 'q'],
  [{ Ref: 'T' }, topic, 'arn:aws:sns:eu-west-1:000000000001:t'],
  [{ 'Fn::GetAtt': 'T.TopicName' }, topic, 't'],
  [{ 'Fn::GetAtt': 'B.Arn' }, bucket, 'arn:aws:s3:::b'],
  [{ 'Fn::Sub': '${AWS::Region} ${Q.QueueName} ${!Literal}' }, queue, 'eu-west-1 q ${Literal}'],
  [{ 'Fn::Sub': ['${Own}-${AWS::StackName}', { Own: { 'Fn::GetAtt': 'Q.QueueName' } }] }, queue, 'q-s'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }, { Ref: 'AWS::NoValue' }]] }, {}, 'a-000000000001'],
  [{ 'Fn::Join': ['+', { Ref: 'L' }] }, listed, 'a+b'],
  [{ 'Fn::Select': [1, { Ref: 'L' }] }, listed, 'b'],
  [{ 'Fn::Select': ['0', { 'Fn::Split': ['/', 'a/b'] }] }, {}, 'a'],
  [{ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'Size'] }, { Mappings: { M: { 'eu-west-1': { Size: 'small' } } } }, 'small'],
  [{ 'Fn::If': ['Yes', 'a', 'b'] }, chosen, 'a'],
  [{ 'Fn::If': ['No', 'a', 'b'] }, chosen, 'b'],
  [{ 'Fn::If': ['Both', 'a', 'b'] }, chosen, 'b'],
  [{ 'Fn::If': ['One', 'a', 'b'] }, chosen, 'a'],
  [{ 'Fn::Base64': 'a' }, {}, 'YQ=='],
  ['{{resolve:ssm:/a}}', {}, '{{resolve:ssm:/a}}'],
])('%j is resolved', async (value, more, result) => {
  expect(await shown(value, more)).toBe(result)
})

test('attributes of a resource stay as long as the resource does, and change with its replacement', async () => {
  const { deploy } = drive()
  const template = (properties: Parts) => ({ Resources: { A: thing(properties) }, Outputs: { Arn: { Value: { 'Fn::GetAtt': 'A.Arn' } } } })
  const first = await deploy(template({ Size: 1, Shape: 'round' }))
  const second = await deploy(template({ Size: 2, Shape: 'round' }))
  const third = await deploy(template({ Size: 2, Shape: 'square' }))
  expect(second.outputs).toEqual(first.outputs)
  expect(third.outputs).not.toEqual(first.outputs)
})

test('an output whose condition does not hold is not there', async () => {
  const { deploy } = drive()
  const outputs = { Shown: { Value: 'a', Condition: 'Yes' }, Hidden: { Value: 'b', Condition: 'No' } }
  expect((await deploy({ ...chosen, Outputs: outputs })).outputs).toEqual({ Shown: 'a' })
})

test.each([
  ['Transform', { Transform: 'AWS::Serverless-2016-10-31' }],
  ['Fn::ImportValue', { Outputs: { O: { Value: { 'Fn::ImportValue': 'a' } } } }],
])('what the fake does not know is no answer of the service: %s', async (what, template) => {
  const { cloud, request } = drive()
  await expect(cloud.createChangeSet(request(template))).rejects.toEqual(new Error(`the fake CloudFormation does not know ${what}`))
})

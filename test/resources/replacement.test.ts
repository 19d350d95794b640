import { describe, expect, test } from '@jest/globals'
import { replacementOf } from '../../src/resources/replacement.ts'

describe('what a change of a property does to its resource', () => {
  test.each([
    ['AWS::SQS::Queue', ['QueueName'], 'always'],
    ['AWS::SQS::Queue', ['VisibilityTimeout'], 'never'],
    ['AWS::SQS::Queue', ['Tags', 0, 'Value'], 'never'],
    ['AWS::SNS::Topic', ['TopicName'], 'always'],
    ['AWS::EC2::Instance', ['ImageId'], 'always'],
    ['AWS::EC2::Instance', ['InstanceType'], 'conditional'],
    ['AWS::DynamoDB::Table', ['KeySchema', '0', 'AttributeName'], 'conditional'],
    ['AWS::DynamoDB::Table', ['TableName'], 'always'],
    ['AWS::Lambda::Function', ['MemorySize'], 'never'],
    ['AWS::S3::Bucket', ['BucketName'], 'always'],
    // Only a part of this property replaces, and the change may be in another part.
    ['AWS::Batch::JobQueue', ['JobQueueName'], 'always'],
    ['AWS::Batch::ComputeEnvironment', ['ComputeResources'], 'conditional'],
    ['AWS::SQS::Queue', ['QueueNmae'], 'unknown'],
    ['AWS::SQS::Queue', [], 'unknown'],
    ['Acme::Private::Thing', ['Name'], 'unknown'],
    ['AWS::SQS::constructor', ['Name'], 'unknown'],
    ['AWS::constructor::Queue', ['Name'], 'unknown'],
  ] as const)('%s %j: %s', async (type, path, expected) => {
    expect(await replacementOf(type, path)).toBe(expected)
  })
})

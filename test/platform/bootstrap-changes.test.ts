import { describe, expect, test } from '@jest/globals'
import type { Json } from '../../src/json.ts'
import { allow, policy, policyJson, type Statement } from '../../src/platform/access/policy.ts'
import { bootstrapChanges } from '../../src/platform/bootstrap-changes.ts'

const template = (statements: readonly Statement[], more: Json = {}): Json => ({
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { RoleName: 'towpath-publish', Policies: [{ PolicyName: 'towpath', PolicyDocument: policyJson(policy(statements)) }] },
    },
    ...(more as object),
  },
})
const read = allow('Read', ['s3:GetObject'], ['arn:aws:s3:::acme/a/*', 'arn:aws:s3:::acme/b/*'])
const write = allow('Write', ['s3:PutObject'], ['*'])

describe('what would change', () => {
  test('of nothing is all of it, statement by statement', () => {
    expect(bootstrapChanges(undefined, template([read, write]))).toEqual([
      {
        action: 'add',
        what: 'role towpath-publish',
        details: ['allow Read: s3:GetObject on arn:aws:s3:::acme/a/*, arn:aws:s3:::acme/b/*', 'allow Write: s3:PutObject on *'],
      },
    ])
  })

  test('says so where only the order of statements differs', () => {
    const swapped = bootstrapChanges(template([read, write]), template([write, read]))
    expect(swapped.flatMap(({ details }) => details)).toEqual(['nothing but the order'])
  })

  test('of a list is what came and what went', () => {
    const moved = { ...read, Resource: ['arn:aws:s3:::acme/b/*', 'arn:aws:s3:::acme/c/*'] }
    expect(bootstrapChanges(template([read]), template([moved]))).toEqual([
      {
        action: 'change',
        what: 'role towpath-publish',
        details: ['- Read Resource arn:aws:s3:::acme/a/*', '+ Read Resource arn:aws:s3:::acme/c/*'],
      },
    ])
  })

  test('of a statement that turns from allowing to denying is seen', () => {
    const denied: Statement = { ...write, Effect: 'Deny' }
    expect(bootstrapChanges(template([write]), template([denied]))[0]?.details).toEqual(['- Write Effect Allow', '+ Write Effect Deny'])
  })

  test('tells a statement that came or went in one line', () => {
    const details = (before: readonly Statement[], after: readonly Statement[]) =>
      bootstrapChanges(template(before), template(after))[0]?.details
    expect(details([read], [read, write])).toEqual(['+ allow Write: s3:PutObject on *'])
    expect(details([read, write], [read])).toEqual(['- allow Write: s3:PutObject on *'])
  })

  test('tells a resource that goes by its name', () => {
    const bucket = { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'acme' } } }
    expect(bootstrapChanges(template([read], bucket), template([read]))).toEqual([{ action: 'remove', what: 'bucket acme', details: [] }])
  })

  test('cuts long lists', () => {
    const many = allow(
      'Many',
      Array.from({ length: 20 }, (_, n) => `ec2:Action${n}`),
      ['*'],
    )
    expect(bootstrapChanges(undefined, template([many]))[0]?.details[0]).toMatch(/ec2:Action5 and 14 more on \*$/)
  })
})

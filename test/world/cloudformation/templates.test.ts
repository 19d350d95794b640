import { describe, expect, test } from '@jest/globals'
import { drive, type Parts, thing } from './driver.ts'

const many = (count: number, value: unknown, name = 'A') =>
  Object.fromEntries(Array.from({ length: count }, (_, number) => [`${name}${number}`, value]))

describe('a template is refused', () => {
  test.each<[string, Parts, string]>([
    ['without resources', { Resources: {} }, 'At least one Resources member must be defined'],
    ['with a section nobody knows', { Resource: {} }, 'Invalid template property or properties [Resource]'],
    ['with a resource without a type', { Resources: { A: {} } }, '[/Resources/A] Every Resources object must contain a Type member'],
    ['with an attribute nobody knows', { Resources: { A: thing({}, { Property: 1 }) } }, "Invalid template resource property 'Property'"],
    ['with a type that is none', { Resources: { A: { Type: 'Queue' } } }, 'Unrecognized resource types: [Queue]'],
    ['with a logical id that is none', { Resources: { 'A-b': thing() } }, 'Resource name A-b is non alphanumeric'],
    ['with null in it', { Outputs: { A: { Value: null } } }, "[/Outputs/A/Value] 'null' values are not allowed in templates"],
    ['with an output without a value', { Outputs: { A: {} } }, 'Every Outputs member must contain a Value object'],
    ['with a parameter of no type', { Parameters: { A: {} } }, 'Every Parameters object must contain a Type member'],
    ['with a parameter of an unknown type', { Parameters: { A: { Type: 'Text' } } }, 'Unrecognized parameter type: Text'],
    ['with a policy nobody knows', { Resources: { A: thing({}, { DeletionPolicy: 'Keep' }) } }, 'Unrecognized DeletionPolicy Keep'],
    [
      'with a snapshot of what has none',
      { Resources: { A: thing({}, { DeletionPolicy: 'Snapshot' }) } },
      'does not support deletion policy Snapshot',
    ],
    [
      'with more resources than there may be',
      { Resources: many(501, thing()) },
      'Number of resources, 501, is greater than maximum allowed, 500',
    ],
    ['with more outputs than there may be', { Outputs: many(201, { Value: 'a' }) }, 'Number of outputs, 201'],
    [
      'for a Ref to nothing',
      { Resources: { A: thing({ Of: { Ref: 'Nil' } }) } },
      'Unresolved resource dependencies [Nil] in the Resources block',
    ],
    ['for a Fn::Sub of nothing', { Resources: { A: thing({ Of: { 'Fn::Sub': 'a-${Nil}' } }) } }, 'Unresolved resource dependencies [Nil]'],
    ['for a DependsOn nothing', { Resources: { A: thing({}, { DependsOn: ['Nil'] }) } }, 'Unresolved resource dependencies [Nil]'],
    [
      'for an output of nothing',
      { Outputs: { A: { Value: { Ref: 'Nil' } } } },
      'Unresolved resource dependencies [Nil] in the Outputs block',
    ],
    ['for a Fn::GetAtt of nothing', { Resources: { A: thing({ Of: { 'Fn::GetAtt': 'Nil.Arn' } }) } }, 'references undefined resource Nil'],
    ['for a condition that is not there', { Resources: { A: thing({}, { Condition: 'Nil' }) } }, 'Unresolved condition dependency [Nil]'],
    [
      'for a circle',
      { Resources: { A: thing({ Of: { Ref: 'B' } }), B: thing({ Of: { Ref: 'A' } }) } },
      'Circular dependency between resources: [A, B]',
    ],
    [
      'for an attribute that the type does not have',
      { Resources: { Queue: { Type: 'AWS::SQS::Queue' } }, Outputs: { A: { Value: { 'Fn::GetAtt': 'Queue.Url' } } } },
      'resource Queue does not support attribute type Url in Fn::GetAtt',
    ],
    [
      'for a Ref to what its conditions leave out',
      {
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { A: thing({}, { Condition: 'No' }), B: thing({ Of: { Ref: 'A' } }) },
      },
      'Unresolved resource dependencies [A] in the Resources block',
    ],
    [
      'for an output of what its conditions leave out',
      {
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { A: thing({}, { Condition: 'No' }), B: thing() },
        Outputs: { O: { Value: { Ref: 'A' } } },
      },
      'Unresolved resource dependencies [A] in the Outputs block',
    ],
  ])('%s', async (_, template, message) => {
    const { cloud, refusal } = drive()
    expect(await refusal(template)).toContain(message)
    expect(await cloud.describe('s')).toBeUndefined()
  })

  test('when it is larger than a request may hold, counted in bytes; by URL it may be larger, but not missing or elsewhere', async () => {
    const url = (key: string): string => `https://s3.eu-west-1.amazonaws.com/templates/${key}`
    const stored: Record<string, string> = {
      'large.json': JSON.stringify({ Resources: { A: thing({ Text: 'ü'.repeat(30_000) }) } }),
      'huge.json': 'x'.repeat(1_000_001),
    }
    const get = async (key: string) => {
      const body = stored[key]
      return body === undefined ? undefined : { body: Buffer.from(body), etag: key as never, written: 0 }
    }
    const { cloud, request, refusal, deploy } = drive({ objects: [{ bucket: 'templates', get, url }] })
    const body = stored['large.json'] ?? ''
    expect(body.length).toBeLessThan(51_200)
    expect(await refusal({}, { template: { body } })).toContain('Member must have length less than or equal to 51200')
    expect((await deploy({}, { template: { url: url('large.json') } })).status).toBe('CREATE_COMPLETE')
    expect(await refusal({}, { stack: 't', template: { url: url('huge.json') } })).toContain('may not exceed 1000000 bytes')
    expect(await refusal({}, { stack: 't', template: { url: url('none.json') } })).toContain('specified key does not exist')
    expect(await refusal({}, { stack: 't', template: { url: 'https://templates.s3.amazonaws.com/large.json' } })).toContain('supported URL')
    expect(cloud.count('createChangeSet')).toBe(5)
    expect(request({}).stack).toBe('s')
  })

  test.each([
    ['AWS::IAM::Role', {}, [], 'Requires capabilities : [CAPABILITY_IAM]'],
    ['AWS::IAM::Role', { RoleName: 'a' }, ['CAPABILITY_IAM'], 'Requires capabilities : [CAPABILITY_NAMED_IAM]'],
    ['AWS::IAM::Role', { RoleName: 'a' }, ['CAPABILITY_NAMED_IAM'], undefined],
    ['AWS::IAM::Policy', {}, ['CAPABILITY_NAMED_IAM'], undefined],
    ['AWS::SQS::Queue', {}, [], undefined],
  ])('with %s %j unless acknowledged: %j', async (Type, Properties, capabilities, message) => {
    const { cloud, request, refusal } = drive()
    const template = { Resources: { A: { Type, Properties } } }
    if (message === undefined) await cloud.createChangeSet(request(template, { capabilities }))
    else expect(await refusal(template, { capabilities })).toContain(message)
  })
})

describe('a request is refused', () => {
  test.each([
    ['a stack name that is none', { stack: 'a_b' }, 'stackName'],
    ['a change set name that is none', { name: '1 bad' }, 'changeSetName'],
    ['a change set name of 129 characters', { name: 'a'.repeat(129) }, 'changeSetName'],
    ['a description that is too long', { description: 'a'.repeat(1_025) }, 'description'],
    ['a token that is none', { token: 'a b' }, 'clientToken'],
    ['51 tags', { tags: many(51, 'a') as Record<string, string> }, 'tags'],
    ['a tag without a value', { tags: { a: '' } }, 'tags.value'],
    ['a tag of 129 characters', { tags: { ['a'.repeat(129)]: 'a' } }, 'tags.key'],
    ['a tag value of 257 characters', { tags: { a: 'a'.repeat(257) } }, 'tags.value'],
    ["AWS's own tags", { tags: { 'aws:a': 'a' } }, 'aws: prefixed tag key names'],
    ['UPDATE of a stack that is not there', { type: 'UPDATE' as const }, 'Stack [s] does not exist'],
  ])('%s', async (_, parts, message) => {
    const { refusal } = drive()
    expect(await refusal({}, parts)).toContain(message)
  })
})

describe('parameters', () => {
  const template = (definition: Parts) => ({ Parameters: { P: definition }, Resources: { A: thing({ Of: { Ref: 'P' } }) } })

  test.each<[string, Parts, string | undefined, string]>([
    ['that are missing', { Type: 'String' }, undefined, 'Parameters: [P] must have values'],
    ['that are none of the allowed', { Type: 'String', AllowedValues: ['a', 'b'] }, 'c', "Parameter 'P' must be one of AllowedValues"],
    ['that do not match', { Type: 'String', AllowedPattern: '[a-z]+' }, 'a1', "Parameter 'P' must match pattern [a-z]+"],
    [
      'as the template says it',
      { Type: 'String', AllowedPattern: 'a', ConstraintDescription: 'must be a' },
      'b',
      'failed to satisfy constraint: must be a',
    ],
    ['that are too short', { Type: 'String', MinLength: 2 }, 'a', 'must contain at least 2 characters'],
    ['that are too long', { Type: 'String', MaxLength: '2' }, 'abc', 'must contain at most 2 characters'],
    ['that are no number', { Type: 'Number' }, 'a', 'must be a number'],
    ['that are too small', { Type: 'Number', MinValue: 2 }, '1', 'must be a number not less than 2'],
    ['that are too great', { Type: 'Number', MaxValue: 2 }, '3', 'must be a number not greater than 2'],
    ['of more than 4,096 bytes', { Type: 'String' }, 'ü'.repeat(2_049), 'at most 4096 bytes'],
  ])('are refused %s', async (_, definition, value, message) => {
    const { refusal } = drive()
    expect(await refusal(template(definition), value === undefined ? {} : { parameters: { P: { value } } })).toContain(message)
  })

  test('are refused that the template does not have', async () => {
    const { refusal } = drive()
    const parameters = { P: { value: 'a' }, Q: { value: 'a' } }
    expect(await refusal(template({ Type: 'String' }), { parameters })).toContain('Parameters: [Q] do not exist in the template')
    expect(await refusal({}, { parameters })).toContain('specified for a template which does not require them')
  })

  test('keep their live value where they are told to, and go back to the default where they are not given', async () => {
    const { deploy, refusal } = drive()
    const with2 = (size: number) => ({
      Parameters: { P: { Type: 'String', Default: 'd' } },
      Resources: { A: thing({ Of: { Ref: 'P' }, Size: size }) },
    })
    expect((await deploy(with2(1), { parameters: { P: { value: 'v' } } })).parameters).toEqual({ P: 'v' })
    expect((await deploy(with2(2), { parameters: { P: { keep: true } } })).parameters).toEqual({ P: 'v' })
    expect((await deploy(with2(3))).parameters).toEqual({ P: 'd' })
    const keep = { parameters: { Q: { keep: true } as const } }
    expect(await refusal({ Parameters: { Q: { Type: 'String' } } }, { type: 'UPDATE', ...keep })).toContain('not in the previous template')
    expect(await refusal({ Parameters: { Q: { Type: 'String' } } }, { stack: 't', ...keep })).toContain('Cannot specify UsePreviousValue')
  })

  test('with NoEcho are described as stars', async () => {
    const { cloud, deploy } = drive()
    await deploy(template({ Type: 'String', NoEcho: true }), { parameters: { P: { value: 'secret' } } })
    expect((await cloud.describe('s'))?.parameters).toEqual({ P: '****' })
  })
})

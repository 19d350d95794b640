import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { nodeFromJson } from '../../src/document/from-json.ts'
import type { MapNode } from '../../src/document/node.ts'
import { redactChanges } from '../../src/redaction/redact.ts'
import { HIDDEN, redactOutput, redactValue } from '../../src/redaction/redact-value.ts'
import { isSecretName } from '../../src/redaction/secret-names.ts'
import type { PropertyChange, ResourceChange } from '../../src/stack/stacks.ts'
import { secretFlow } from '../../src/template/secret-flow.ts'

const CANARY = 'canary-7f3'

const flowOf = (template: object, fed: readonly string[] = []) =>
  secretFlow(nodeFromJson(JSON.stringify({ Resources: {}, ...template }), 'main') as MapNode, { isSecret: isSecretName, fed: new Set(fed) })

interface Around {
  readonly template?: object
  readonly fed?: readonly string[]
  readonly live?: Readonly<Record<string, string>>
  readonly sent?: Readonly<Record<string, string>>
  readonly change?: Partial<ResourceChange>
}

function told(
  property: Partial<PropertyChange>,
  { template = {}, fed = [], live = {}, sent = {}, change = {} }: Around = {},
): ResourceChange {
  const whole: ResourceChange = {
    action: 'Modify',
    logicalId: 'Thing',
    type: 'AWS::Lambda::Function',
    properties: [{ attribute: 'Properties', ...property }],
    ...change,
  }
  const values = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, { value }]))
  const [only] = redactChanges([whole], { flow: flowOf(template, fed), sent: values, live: { parameters: live } })
  if (!only) throw new Error('the change is gone')
  return only
}

const at = (path: string, before: string | undefined = undefined, after = CANARY): Partial<PropertyChange> => ({
  path: `/Properties/${path}`,
  ...(before === undefined ? {} : { before }),
  after,
})

describe('the values of a change', () => {
  test('are told where nothing says that they are secret', () => {
    expect(told(at('MemorySize', '128', '256')).properties).toEqual([
      { attribute: 'Properties', path: '/Properties/MemorySize', before: '128', after: '256' },
    ])
  })

  test.each([
    'MasterUserPassword',
    'Environment/Variables/DB_PASSWORD',
    'Environment/Variables/apiKey',
    'Environment/Variables/STRIPE_SECRET/0',
    'AuthToken',
    'PrivateKey',
    'Credentials/Value',
    'ConnectionString',
    'MasterUsername',
    'UserData',
    'Code/ZipFile',
    'ContainerDefinitions/0/Environment/3/Value',
    'EnvironmentVariables/0/value',
  ])('of %s are hidden, before and after', (path) => {
    expect(told(at(path, CANARY)).properties[0]).toMatchObject({ before: HIDDEN, after: HIDDEN })
  })

  test('of metadata are hidden, and those of tags are not', () => {
    expect(told({ attribute: 'Metadata', after: CANARY }).properties[0]?.after).toBe(HIDDEN)
    expect(told(at('Tags/0/Value')).properties[0]?.after).toBe(CANARY)
  })

  test('that are dynamic references are told wherever they stand, and nothing else that only looks like one', () => {
    const reference = '{{resolve:secretsmanager:prod/db:SecretString:password}}'
    expect(told(at('MasterUserPassword', CANARY, reference)).properties[0]).toMatchObject({ before: HIDDEN, after: reference })
    expect(told(at('MasterUserPassword', undefined, `${reference}${CANARY}`)).properties[0]?.after).toBe(HIDDEN)
    expect(told(at('MasterUserPassword', undefined, `{{resolve:other:${CANARY}}}`)).properties[0]?.after).toBe(HIDDEN)
  })

  test('that a secret parameter caused are hidden', () => {
    const template = { Parameters: { Door: { Type: 'String', NoEcho: true } } }
    expect(told({ ...at('Name'), cause: 'Door' }, { template }).properties[0]?.after).toBe(HIDDEN)
    expect(told({ ...at('Name'), cause: 'Size' }, { template }).properties[0]?.after).toBe(CANARY)
  })

  test('that hold the value of a secret parameter are hidden, wherever it came from', () => {
    const template = { Parameters: { Door: { Type: 'String', NoEcho: true, Default: 'open-sesame' } } }
    expect(told(at('Name', undefined, `x ${CANARY} y`), { template, sent: { Door: CANARY } }).properties[0]?.after).toBe(HIDDEN)
    expect(told(at('Name', undefined, 'open-sesame'), { template }).properties[0]?.after).toBe(HIDDEN)
  })

  test('of a stack that has a secret parameter are not told as they were, but for what everybody knows', () => {
    const around = { live: { Door: '****', Size: 'db.t3.micro' } }
    expect(told(at('Name', CANARY, 'x'), around).properties[0]).toMatchObject({ before: HIDDEN, after: 'x' })
    expect(told(at('Class', 'db.t3.micro', 'db.t3.small'), around).properties[0]).toMatchObject({ before: 'db.t3.micro' })
    expect(told(at('Storage', '20', '50'), around).properties[0]).toMatchObject({ before: '20', after: '50' })
  })

  test('leave out the ids of keys and of custom resources', () => {
    const physicalId = CANARY
    expect(told({}, { change: { physicalId, type: 'AWS::SQS::Queue' } }).physicalId).toBe(CANARY)
    expect(told({}, { change: { physicalId, type: 'AWS::IAM::AccessKey' } }).physicalId).toBeUndefined()
    expect(told({}, { change: { physicalId, type: 'Custom::Login' } }).physicalId).toBeUndefined()
  })
})

describe('a secret is followed through the template', () => {
  const parameters = { Door: { Type: 'String', NoEcho: true }, Size: { Type: 'String' } }
  const withProperties = (Properties: object, more: object = {}) => ({
    Parameters: parameters,
    Resources: { Thing: { Type: 'AWS::Lambda::Function', Properties }, ...more },
  })
  const hides = (path: string, template: object, fed: readonly string[] = []): boolean =>
    told(at(path), { template, fed }).properties[0]?.after === HIDDEN

  test.each([
    ['Ref', { Ref: 'Door' }],
    ['Fn::Sub', { 'Fn::Sub': 'x-${Door}' }],
    ['Fn::Sub with variables', { 'Fn::Sub': ['x-${A}', { A: { Ref: 'Door' } }] }],
    ['Fn::Join', { 'Fn::Join': ['', ['x', { Ref: 'Door' }]] }],
    ['Fn::If', { 'Fn::If': ['C', { Ref: 'Size' }, { Ref: 'Door' }] }],
  ])('by %s', (_, value) => {
    expect(hides('Name', withProperties({ Name: value }))).toBe(true)
  })

  test('and what it does not reach is told', () => {
    const template = withProperties({ Name: { Ref: 'Size' }, Variables: { A: { Ref: 'Door' }, B: 'x' } })
    expect([hides('Name', template), hides('Variables/A', template), hides('Variables/B', template)]).toEqual([false, true, false])
  })

  test('into a list as a whole, whose places may have moved', () => {
    expect(hides('Args/0', withProperties({ Args: ['a', { Ref: 'Door' }] }))).toBe(true)
  })

  test('through the attributes that give it back, and not through others', () => {
    const more = { Kept: { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'Door' } } } }
    expect(hides('Name', withProperties({ Name: { 'Fn::GetAtt': ['Kept', 'Value'] } }, more))).toBe(true)
    expect(hides('Name', withProperties({ Name: { 'Fn::GetAtt': 'Kept.Type' } }, more))).toBe(false)
    expect(hides('Name', withProperties({ Name: { Ref: 'Kept' } }, more))).toBe(false)
  })

  test('through custom resources, whatever they give', () => {
    const more = { Made: { Type: 'Custom::Login', Properties: { In: { Ref: 'Door' } } } }
    expect(hides('Name', withProperties({ Name: { 'Fn::GetAtt': ['Made', 'Url'] } }, more))).toBe(true)
    expect(hides('Name', withProperties({ Name: { Ref: 'Made' } }, more))).toBe(true)
  })

  test('from attributes that are secrets by their name', () => {
    expect(hides('Name', withProperties({ Name: { 'Fn::GetAtt': ['Key', 'SecretAccessKey'] } }))).toBe(true)
  })

  test('from a parameter that is named like one, or fed by another stack', () => {
    const template = {
      Parameters: { DbPassword: { Type: 'String' }, Size: { Type: 'String' } },
      Resources: withProperties({ A: { Ref: 'DbPassword' }, B: { Ref: 'Size' } }).Resources,
    }
    expect([hides('A', template), hides('B', template), hides('B', template, ['Size'])]).toEqual([true, false, true])
  })

  test('nowhere in particular where a macro may still change everything', () => {
    expect(hides('Name', { ...withProperties({ Name: 'x' }), Transform: 'Acme::Macro' })).toBe(true)
  })

  test('into outputs', () => {
    const template = {
      ...withProperties({}),
      Outputs: { Open: { Value: { Ref: 'Door' } }, Free: { Value: { Ref: 'Size' } }, AdminToken: { Value: 'x' } },
    }
    expect([...flowOf(template).outputs]).toEqual(['Open', 'AdminToken'])
  })
})

describe('a value by itself', () => {
  test.each([
    ['a URL with a password', `postgres://admin:${CANARY}@db.example:5432/x`, `postgres://${HIDDEN}@db.example:5432/x`],
    ['a URL with an @ in its password', `amqp://u:${CANARY}@${CANARY}@mq/x`, `amqp://${HIDDEN}@mq/x`],
    ['a URL with a token', `https://x.example/?page=1&access_token=${CANARY}`, HIDDEN],
    ['a connection string', `Server=db;User Id=sa;Password=${CANARY};`, HIDDEN],
    ['an assignment in YAML', `db:\n  password: ${CANARY}`, HIDDEN],
    ['a JSON member', `{"db":{"password":"${CANARY}","port":5432}}`, `{"db":{"password":"${HIDDEN}","port":5432}}`],
    ['JSON in JSON', JSON.stringify({ config: JSON.stringify({ token: CANARY }) }), `{"config":"{\\"token\\":\\"${HIDDEN}\\"}"}`],
    ['a pair of name and value', `[{"Name":"DB_PASSWORD","Value":"${CANARY}"}]`, `[{"Name":"DB_PASSWORD","Value":"${HIDDEN}"}]`],
    ['JSON that is broken', `{"password": "${CANARY}"`, HIDDEN],
    ['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}`, HIDDEN],
    ["an access key's id", `AKIA${'Q'.repeat(16)}`, HIDDEN],
    ["GitHub's token", `x ghp_${'a1B2'.repeat(9)}`, HIDDEN],
    ['a JWT', `eyJhbGciOiJI.eyJzdWIiOiIx.${CANARY}`, HIDDEN],
    ['an authorisation', `Bearer ${CANARY}`, HIDDEN],
    ['what only a machine makes', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', HIDDEN],
    ['digits of a key', '0123456789abcdef0123456789abcdef', HIDDEN],
  ])('%s is hidden', (_, text, shown) => {
    expect(redactValue(text)).toBe(shown)
  })

  test.each([
    'arn:aws:secretsmanager:eu-west-1:000000000000:secret:prod/db-AbCdEf',
    'arn:aws:iam::000000000000:role/delivery-staging-main-Role-1A2B3C4D5E6F',
    'blobs/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'registry.example/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'arn:aws:secretsmanager:eu-west-1:000000000000:secret:prod/db-AbCdEf:password::',
    'subnet-0a1b2c3d4e5f67890',
    'https://sqs.eu-west-1.amazonaws.com/000000000000/delivery-staging',
    '{"maxReceiveCount":3,"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:dead"}',
    'db.t3.micro',
    '',
  ])('%s is told', (text) => {
    expect(redactValue(text)).toBe(text)
  })

  test('that is long is only counted, and never shown by its beginning', () => {
    expect(redactValue(`${CANARY}${' word'.repeat(100)}`)).toBe('(510 characters, not shown)')
    expect(redactValue('x'.repeat(1_000_000))).toBe('(1000000 characters, not shown)')
  })
})

test.each([
  ['AdminToken', CANARY, HIDDEN],
  ['Url', `https://u:${CANARY}@x/`, `https://${HIDDEN}@x/`],
  [
    'SecretArn',
    'arn:aws:secretsmanager:eu-west-1:000000000000:secret:prod/db-AbCdEf',
    'arn:aws:secretsmanager:eu-west-1:000000000000:secret:prod/db-AbCdEf',
  ],
  ['TableName', 'orders', 'orders'],
])('the output %s of a stack: %s', (name, value, shown) => {
  expect(redactOutput(name, value)).toBe(shown)
})

test('no value under a secret name is ever told, however deep it stands and whatever it is', () => {
  const name = fc.constantFrom('password', 'DB_PASSWORD', 'apiKey', 'client-secret', 'AuthToken', 'PrivateKey')
  const secret = fc.string({ minLength: 6 }).map((text) => `canary ${text}`)
  const nested = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant('x'),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 2 }),
    ),
  })).value
  fc.assert(
    fc.property(name, secret, nested, fc.array(fc.string(), { maxLength: 3 }), (key, value, beside, above) => {
      const document = above.reduce<unknown>((inner, step) => ({ [step]: inner, beside }), { [key]: value })
      const told = redactValue(JSON.stringify(document))
      return !told.includes('canary')
    }),
  )
})

test('canary: the same document under a harmless name is told', () => {
  expect(redactValue(JSON.stringify({ colour: 'canary yellow' }))).toContain('canary')
})

import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { referenceHint, stackHint } from '../../src/service/hints.ts'
import { fixedReferences, parseReference, printReference, type Reference } from '../../src/service/reference.ts'

const stack = fc.stringMatching(/^[a-z][a-z0-9]*$/)
const output = fc.stringMatching(/^[A-Za-z0-9]+$/)
const service = fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/).filter((name) => name !== 'platform')
const reference: fc.Arbitrary<Reference> = fc.oneof(
  fc
    .record({ kind: fc.constant('stack' as const), stack, output })
    .filter((made) => !fixedReferences.includes(`${made.stack}.${made.output}`)),
  fc.record({ kind: fc.constant('platform' as const), stack, output }),
  fc.record({ kind: fc.constant('service' as const), service, stack, output }),
  fc.record({ kind: fc.constant('artefact' as const), field: fc.constantFrom('bucket', 'key', 'digest') }),
  fc.record({ kind: fc.constant('service-field' as const), field: fc.constantFrom('name', 'owner') }),
  fc.record({ kind: fc.constant('environment' as const), field: fc.constantFrom('name', 'account', 'region') }),
  fc.record({ kind: fc.constant('bucket' as const), field: fc.constant('name' as const) }),
)

test('a reference that is printed reads as itself', () => {
  fc.assert(fc.property(reference, (made) => expect(parseReference(printReference(made))).toEqual(made)))
})

test('a text that reads as a reference is printed as it was', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^(platform\/|service\/[a-z-]{1,3}\/|)[a-z]{0,2}\.?[A-Za-z]{0,3}$/))
  fc.assert(
    fc.property(text, (written) => {
      const read = parseReference(written)
      if (read) expect(printReference(read)).toBe(written)
    }),
  )
})

test('the schema and the parser take the same texts', async () => {
  const schema = JSON.parse(await readFile(new URL('../../schemas/service.schema.json', import.meta.url), 'utf8'))
  const pattern = new RegExp(schema.$defs.reference.pattern, 'u')
  const near = fc.stringMatching(/^(platform[/.]|service\/(platform|[a-zA-Z0-9-]{1,45})\/?|)[A-Za-z0-9-]{0,3}[./]?[A-Za-z0-9-]{0,3}\n?$/)
  fc.assert(
    fc.property(
      fc.oneof(near, reference.map(printReference), fc.string()),
      (text) => pattern.test(text) === (parseReference(text) !== undefined),
    ),
    { numRuns: 2000 },
  )
})

describe('reading', () => {
  test.each<[string, Reference | undefined]>([
    ['network.VpcId', { kind: 'stack', stack: 'network', output: 'VpcId' }],
    ['platform/network.VpcId', { kind: 'platform', stack: 'network', output: 'VpcId' }],
    ['service/customer-care/messages.TopicArn', { kind: 'service', service: 'customer-care', stack: 'messages', output: 'TopicArn' }],
    ['artefact.key', { kind: 'artefact', field: 'key' }],
    ['artefact.Key', { kind: 'stack', stack: 'artefact', output: 'Key' }],
    ['artifact.key', { kind: 'stack', stack: 'artifact', output: 'key' }],
    ['service.owner', { kind: 'service-field', field: 'owner' }],
    ['environment.account', { kind: 'environment', field: 'account' }],
    ['bucket.name', { kind: 'bucket', field: 'name' }],
    ['platform.name', { kind: 'stack', stack: 'platform', output: 'name' }],
    ['service/platform/network.VpcId', undefined],
    ['service/messages.TopicArn', undefined],
    ['platform/network', undefined],
    ['Network.VpcId', undefined],
    ['net-work.VpcId', undefined],
    ['network.Vpc_Id', undefined],
    ['network.VpcId\n', undefined],
    ['', undefined],
  ])('%j', (text, expected) => {
    expect(parseReference(text)).toEqual(expected)
  })
})

describe('a hint for what is no reference', () => {
  test.each([
    ['artifact.key.', "did you mean 'artefact.key'?"],
    ['platform.network.VpcId', "did you mean 'platform/network.VpcId'?"],
    ['service/platform/network.VpcId', "did you mean 'platform/network.VpcId'?"],
    ['service.customer.messages.TopicArn', "did you mean 'service/customer/messages.TopicArn'?"],
    ['Network.VpcId', "did you mean 'network.VpcId'?"],
    ['network/VpcId', "did you mean 'network.VpcId'?"],
    [`$\{network.VpcId}`, "did you mean 'network.VpcId'?"],
  ])('%s', (wrong, expected) => {
    expect(referenceHint(wrong)).toBe(expected)
  })

  test('a value is told where it goes', () => {
    expect(referenceHint('10.0.0.0/16')).toContain("a value goes under 'parameters'")
  })
})

test('a hint for a stack that is not there knows the fixed forms and the stacks', () => {
  const hint = (stack: string, output: string, stacks: readonly string[], prefix: '' | 'platform/' = '') =>
    stackHint({ stack, output }, prefix, stacks)
  expect(hint('artifact', 'key', ['function'])).toBe("did you mean 'artefact.key'?")
  expect(hint('netwrk', 'VpcId', ['network', 'data'])).toBe("did you mean 'network.VpcId'?")
  expect(hint('netwrk', 'VpcId', ['network'], 'platform/')).toBe("did you mean 'platform/network.VpcId'?")
  expect(hint('queue', 'Arn', ['network', 'data'])).toBe("there are 'data', 'network'")
  expect(hint('queue', 'Arn', [])).toBe('there is none')
  const many = Array.from({ length: 501 }, (_, index) => `stack${index}`)
  expect(hint('stakc1', 'Arn', many)).toBe('there are 501 others')
})

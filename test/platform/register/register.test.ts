import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../../src/errors.ts'
import { parsePlatform } from '../../../src/platform/read.ts'
import { readRegister, registerOf } from '../../../src/platform/register/register.ts'
import { fakeObjects } from '../../world/objects.ts'

const pin = `towpath-dev/towpath@${'a'.repeat(40)}`

/** A platform.yml with lines of its own; those of `services` are the register. */
function parse(...lines: readonly string[]) {
  const text = [
    'platform: acme',
    'version: 1.0.0',
    'environments: { staging: { account: "000000000001", region: eu-west-1 }, production: { account: "000000000002", region: eu-west-1 } }',
    'blueprints: { function: { stacks: { main: { template: main.yml } }, ship: { with: stack } } }',
    ...lines,
    '',
  ].join('\n')
  return parsePlatform(text, 'platform.yml')
}

function messages(...lines: readonly string[]): readonly string[] {
  return parse(...lines).problems.map(({ message }) => message)
}

const greeter = '{ repository: acme/greeter, id: "123", owner-id: "77", blueprint: function }'

describe('a register', () => {
  test('is what platform.yml says of services, people, workflows and gates', () => {
    const { platform, problems } = parse(
      `workflows: [${pin}]`,
      'operators: ["arn:aws:iam::000000000002:role/oncall"]',
      'gates: { stateful: refuse }',
      'services:',
      '  platform: { repository: acme/platform, id: "1001", owner-id: "77" }',
      '  greeter: { repository: acme/greeter, id: "123", owner-id: "77", subject: both, branch: [main, next], blueprint: function, path: api, stacks: { production: [legacy-db] } }',
    )
    expect(problems).toEqual([])
    expect(platform && registerOf(platform)).toEqual({
      schema: 'towpath/register@1',
      platform: 'acme',
      version: '1.0.0',
      workflows: [pin],
      operators: ['arn:aws:iam::000000000002:role/oncall'],
      gates: { stateful: 'refuse' },
      services: {
        platform: {
          ...{ repository: 'acme/platform', id: '1001', ownerId: '77', subject: 'ids', branches: ['main'] },
          ...{ blueprint: null, path: '.', stacks: {} },
        },
        greeter: {
          ...{ repository: 'acme/greeter', id: '123', ownerId: '77', subject: 'both', branches: ['main', 'next'] },
          ...{ blueprint: 'function', path: 'api', stacks: { production: ['legacy-db'] } },
        },
      },
    })
  })

  test('holds nothing that platform.yml does not name', () => {
    const { platform } = parse()
    expect(platform && registerOf(platform)).toEqual({ schema: 'towpath/register@1', platform: 'acme', version: '1.0.0' })
  })

  test('takes every level of a gate, by type too', () => {
    const { unsupported, problems } = parse(
      'gates: { stateful: { "AWS::S3::Bucket": warn }, exports: approve, access: allow, adoption: refuse }',
    )
    expect(problems).toEqual([])
    // They are published, and judged by no gate yet: refused instead of ignored.
    expect(unsupported).toHaveLength(4)
    expect(messages('gates: { access: never }')).toEqual(["gates.access: expected allow, warn, approve or refuse, got 'never'"])
  })

  test.each<[string, string, RegExp]>([
    [
      'an id that is a number',
      'services: { greeter: { repository: acme/greeter, id: 123, owner-id: "77", blueprint: function } }',
      /in quotes, got the number 123/,
    ],
    ['no owner-id', 'services: { greeter: { repository: acme/greeter, id: "123", blueprint: function } }', /missing key 'owner-id'/],
    ['no blueprint', 'services: { greeter: { repository: acme/greeter, id: "123", owner-id: "77" } }', /services.greeter: no blueprint/],
    ['an unknown blueprint', `services: { greeter: ${greeter.replace('function', 'functoin')} }`, /has no blueprint 'functoin'/],
    ['a branch with a wildcard', `services: { greeter: ${greeter.replace('}', ', branch: "release/*" }')} }`, /without wildcards/],
    ['a branch as a ref', `services: { greeter: ${greeter.replace('}', ', branch: refs/heads/main }')} }`, /without refs\/heads/],
    ['a path that leads out', `services: { greeter: ${greeter.replace('}', ', path: ../other }')} }`, /path inside the repository/],
    [
      'a stack in no environment',
      `services: { greeter: ${greeter.replace('}', ', stacks: { test: [old] } }')} }`,
      /has no environment 'test'/,
    ],
    [
      "another service's stack",
      `services: { billing: ${greeter}, greeter: ${greeter.replace('}', ', stacks: { staging: [billing-staging-data] } }')} }`,
      /is one of billing's/,
    ],
    [
      "towpath's own stack",
      `services: { greeter: ${greeter.replace('}', ', stacks: { staging: [towpath-environment-staging] } }')} }`,
      /is one of towpath's/,
    ],
    [
      'a stack of two services',
      `services: { billing: ${greeter.replace('}', ', stacks: { staging: [old] } }')}, greeter: ${greeter.replace('}', ', stacks: { staging: [old] } }')} }`,
      /given to service/,
    ],
    [
      'two ids of one repository',
      `services: { billing: ${greeter.replace('123', '124')}, greeter: ${greeter} }`,
      /says something else of repository 'acme\/greeter'/,
    ],
    [
      'one id of two repositories',
      `services: { billing: ${greeter.replace('acme/greeter', 'acme/other')}, greeter: ${greeter} }`,
      /says something else/,
    ],
    ['an operator who is a session', 'operators: ["arn:aws:sts::000000000002:assumed-role/oncall/me"]', /ARN of its role/],
    ['a workflow that is not pinned', 'workflows: [towpath-dev/towpath@main]', /the 40 digits of a commit/],
    ['no service at all', 'services: {}', /at least one entry/],
  ])('is refused for %s', (_, line, message) => {
    const found = messages(line)
    expect(found.length).toBeGreaterThan(0)
    expect(found.join('\n')).toMatch(message)
  })

  test('may hold several services of one repository (canary)', () => {
    expect(messages(`services: { billing: ${greeter}, greeter: ${greeter} }`)).toEqual([])
  })
})

describe('the name of a registered service', () => {
  test.each([
    ...['towpath', 'aws', 'plan', 'deploy', 'execute', 'access', 'publish', 'operator', 'read', 'towpath-x', 'aws-x'],
    ...['x-', 'a--b', 'Greeter', '1st', 'a'.repeat(41)],
  ])('cannot be %s', (name) => {
    expect(messages(`services: { ${name}: ${greeter} }`).join()).toMatch(/expected the name of a service/)
  })

  test.each(['my-staging-api', 'staging', 'staging-api', 'api-production'])('cannot be %s beside the environments', (name) => {
    expect(messages(`services: { ${name}: ${greeter} }`).join()).toMatch(/holds the name of environment/)
  })

  test.each(['my-stagings-api', 'deployer', 'reader', 'awsome', 'plan-x', 'a1-b2'])('may be %s (canary)', (name) => {
    expect(messages(`services: { ${name}: ${greeter} }`)).toEqual([])
  })

  test('leaves room for an environment in the name of a role', () => {
    const longest = 'a'.repeat(47 - 'production'.length)
    expect(messages(`services: { ${longest}: ${greeter} }`)).toEqual([])
    expect(messages(`services: { ${longest}a: ${greeter} }`).join()).toMatch(/48 characters together/)
  })
})

test('a register that may not be read is an error that names bootstrap, and never counts as none', async () => {
  const bucket = fakeObjects()
  expect(await readRegister(bucket)).toBeUndefined()
  const denied = { ...bucket, get: async () => Promise.reject(new TowpathError('denied', 's3:GetObject was denied')) }
  await expect(readRegister(denied as never)).rejects.toMatchObject({
    code: 'denied',
    hint: expect.stringContaining('towpath bootstrap --bucket'),
  })
})

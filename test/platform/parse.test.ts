import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parsePlatform } from '../../src/platform/read.ts'
import { keysUnsupportedByUse, unsupportedByUse } from '../../src/platform/unsupported.ts'
import { lines, shown, wholePlatform } from '../service/support.ts'

/** The smallest platform that has one of everything that is checked; `parts` replace or follow its lines. */
const aPlatform = lines(`
  platform: acme
  version: 3.2.0
  environments: { staging: { account: "000000000001", region: eu-west-1 } }
  stacks: { network: { template: network.yml }, data: { template: data.yml } }
  blueprints: { function: { stacks: { function: { template: function.yml }, queue: { template: queue.yml } }, ship: { with: stack } } }
`)
const problemsOf = (text: string) => parsePlatform(text, 'platform.yml').problems.map(shown)

test('a platform that is sound is read whole', () => {
  const { platform, problems } = parsePlatform(wholePlatform, 'platform.yml')
  expect(problems).toEqual([])
  expect(platform).toMatchObject({ file: 'platform.yml', text: wholePlatform, name: { value: 'acme' }, version: { value: '3.2.0' } })
  const staging = platform?.environments.get('staging')?.value
  expect(staging).toMatchObject({
    account: { value: '000000000001' },
    region: { value: 'eu-west-1' },
    bucket: { value: 'acme-staging-eu-west-1' },
    roles: {
      deploy: { value: 'arn:aws:iam::000000000001:role/d' },
      execute: { value: 'arn:aws:iam::000000000001:role/e' },
      plan: { value: 'arn:aws:iam::000000000001:role/p' },
    },
  })
  expect(staging?.tags.get('team')?.value).toBe('canal')
  expect(staging?.parameters.get('network')?.value.get('Cidr')?.value).toBe('10.1.0.0/16')
  expect(platform?.stacks.get('network')?.value.template.value).toBe('network.yml')
  const instances = platform?.blueprints.get('instances')?.value
  expect(instances?.ship).toMatchObject({
    with: 'codedeploy',
    application: { value: { kind: 'stack', stack: 'scaling', output: 'Application' } },
    group: { value: { kind: 'stack', stack: 'scaling', output: 'Group' } },
  })
  expect(instances?.stacks.get('scaling')?.value.inputs.get('Subnets')?.value).toEqual({
    kind: 'platform',
    stack: 'network',
    output: 'PrivateSubnets',
  })
  const single = platform?.blueprints.get('function')?.value
  expect([single?.ship, single?.tags.get('kind')?.value]).toEqual([{ with: 'stack' }, 'function'])
})

const template = 'expected the name of a file in cloudFormation/, ending in .yml, .yaml, .json or .template'
const account = 'expected an account id of twelve digits, in quotes'
const noBuild = 'expected an exact version such as 3.2.0'
const refusals: [string, number, string, string[]][] = [
  [
    'a role of another account',
    3,
    'environments: { staging: { account: "000000000001", region: eu-west-1, roles: { plan: "arn:aws:iam::000000000002:role/p" } } }',
    [
      '3:87: environments.staging.roles.plan: the role is of account 000000000002, and the environment is in account 000000000001 (name a role of the account that the environment is in)',
    ],
  ],
  [
    'a role that is none',
    3,
    'environments: { staging: { account: "000000000001", region: eu-west-1, roles: { plan: planner } } }',
    ["3:87: environments.staging.roles.plan: expected the ARN of an IAM role, got 'planner'"],
  ],
  ['a version that is a number', 2, 'version: 3.2', [`2:10: version: ${noBuild}, got the number 3.2 (quote it, as in "3.2.0")`]],
  ['a version with build metadata', 2, 'version: 3.2.0+1', [`2:10: version: ${noBuild}, got '3.2.0+1'`]],
  ['a version with a leading zero', 2, 'version: 03.2.0', [`2:10: version: ${noBuild}, got '03.2.0'`]],
  [
    'an account that is a number',
    3,
    'environments: { staging: { account: 123456789012, region: eu-west-1 } }',
    [`3:37: environments.staging.account: ${account}, got the number 123456789012 (quote it: "123456789012")`],
  ],
  [
    'a short account',
    3,
    'environments: { staging: { account: 12345678901, region: eu-west-1 } }',
    [`3:37: environments.staging.account: ${account}, got the number 12345678901 (quote it, as in "123456789012")`],
  ],
  [
    'no region',
    3,
    'environments: { staging: { account: "000000000001" } }',
    ["3:26: environments.staging: missing key 'region' (add it, as in region: eu-west-1)"],
  ],
  [
    'a zone for a region',
    3,
    'environments: { staging: { account: "000000000001", region: eu-west-1a } }',
    ["3:61: environments.staging.region: expected an AWS region such as eu-west-1, got 'eu-west-1a'"],
  ],
  [
    'a template in another folder',
    4,
    'stacks: { network: { template: ../network.yml } }',
    [`4:32: stacks.network.template: ${template}, got '../network.yml'`],
  ],
  [
    'a template of another kind',
    4,
    'stacks: { network: { template: network.tf } }',
    [`4:32: stacks.network.template: ${template}, got 'network.tf'`],
  ],
  [
    'a stack without a template',
    4,
    'stacks: { network: {} }',
    ["4:20: stacks.network: missing key 'template' (add it, as in template: network.yml)"],
  ],
  [
    'a parameter given twice',
    4,
    'stacks: { a: { template: a.yml, parameters: { A: 1 }, inputs: { A: b.C } }, b: { template: b.yml } }',
    ["4:65: stacks.a: 'A' is in both inputs and parameters (a parameter has a reference or a value: remove one)"],
  ],
  [
    'a reference between its own stacks that leads nowhere',
    4,
    'stacks: { a: { template: a.yml, inputs: { A: bb.C } }, b: { template: b.yml } }',
    ["4:46: stacks.a.inputs.A: there is no stack 'bb', which 'bb.C' refers to (did you mean 'b.C'?)"],
  ],
  [
    'a reference between its own stacks as from a service',
    4,
    'stacks: { a: { template: a.yml, inputs: { A: platform/b.C } }, b: { template: b.yml } }',
    ["4:46: stacks.a.inputs.A: a stack of the platform refers to another one by its name, got 'platform/b.C' (write 'b.C')"],
  ],
  [
    'an artefact in its own stacks',
    4,
    'stacks: { a: { template: a.yml, inputs: { A: artefact.key, B: service.owner, C: service.name } } }',
    [
      "4:46: stacks.a.inputs.A: the platform's own stacks have no 'artefact.key' (only stacks of a blueprint can refer to it)",
      "4:63: stacks.a.inputs.B: the platform's own stacks have no 'service.owner' (only stacks of a blueprint can refer to it)",
    ],
  ],
  [
    'a circle among its own stacks',
    4,
    'stacks: { a: { template: a.yml, inputs: { A: b.C } }, b: { template: b.yml, inputs: { A: a.C } } }',
    ['4:46: stacks refer to each other in a circle: a → b → a (one of them must do without the other)'],
  ],
  [
    'a circle in a blueprint',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml, inputs: { A: b.C } }, b: { template: b.yml, inputs: { A: a.C } } }, ship: { with: stack } } }',
    ['5:65: stacks refer to each other in a circle: a → b → a (one of them must do without the other)'],
  ],
  [
    'a reference in a blueprint that leads nowhere',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml, inputs: { A: bb.C } }, b: { template: b.yml } }, ship: { with: stack } } }',
    ["5:65: blueprints.f.stacks.a.inputs.A: there is no stack 'bb', which 'bb.C' refers to (did you mean 'b.C'?)"],
  ],
  [
    'a reference to a stack of the platform that leads nowhere',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml, inputs: { A: platform/netwrk.C } } }, ship: { with: stack } } }',
    [
      "5:65: blueprints.f.stacks.a.inputs.A: the platform has no stack 'netwrk', which 'platform/netwrk.C' refers to (did you mean 'platform/network.C'?)",
    ],
  ],
  [
    'a parameter given twice in a blueprint',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml, inputs: { A: artefact.key }, parameters: { A: 1 } } }, ship: { with: stack } } }',
    ["5:95: blueprints.f.stacks.a: 'A' is in both inputs and parameters (a parameter has a reference or a value: remove one)"],
  ],
  [
    'shipping by stacks that do not exist',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml } }, ship: { with: codedeploy, application: aa.App, group: artefact.key } } }',
    [
      "5:95: blueprints.f.ship.application: there is no stack 'aa', which 'aa.App' refers to (did you mean 'a.App'?)",
      "5:110: blueprints.f.ship.group: expected an output of a stack, got 'artefact.key' (write <stack>.<Output>)",
    ],
  ],
  [
    'shipping by CodeDeploy with nothing',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml } }, ship: { with: codedeploy } } }',
    ["5:62: blueprints.f.ship: missing key 'application'", "5:62: blueprints.f.ship: missing key 'group'"],
  ],
  [
    'shipping with stacks, and yet with a group',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml } }, ship: { with: stack, group: a.B } } }',
    ["5:84: blueprints.f.ship.group: goes with 'with: codedeploy' only"],
  ],
  [
    'an alarm that leads nowhere',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml, alarms: [aa.Alarm] } }, ship: { with: stack } } }',
    ["5:61: blueprints.f.stacks.a.alarms[0]: there is no stack 'aa', which 'aa.Alarm' refers to (did you mean 'a.Alarm'?)"],
  ],
  [
    'a variable that leads nowhere',
    5,
    'blueprints: { f: { stacks: { a: { template: a.yml } }, ship: { with: stack }, variables: { inputs: { x: aa.B } } } }',
    ["5:105: blueprints.f.variables.inputs.x: there is no stack 'aa', which 'aa.B' refers to (did you mean 'a.B'?)"],
  ],
  [
    'parameters of a stack that nobody has',
    3,
    'environments: { staging: { account: "000000000001", region: eu-west-1, parameters: { netwrk: { A: 1 }, function: { A: 1 } } } }',
    ["3:86: environments.staging.parameters: neither the platform nor a blueprint has a stack 'netwrk' (did you mean 'network'?)"],
  ],
  [
    'a stack name that is too long',
    4,
    `stacks: { ${'n'.repeat(120)}: { template: network.yml } }`,
    [
      `3:17: the stack name 'platform-staging-${'n'.repeat(120)}' has 137 characters, and CloudFormation takes 128 (shorten the name of the service, the environment or the stack)`,
    ],
  ],
  [
    'a gate that there is not',
    6,
    'gates: { stateful: refuze }',
    [
      "6:20: gates.stateful: expected allow, warn, approve or refuse, or a map of these by resource type, got 'refuze' (did you mean 'refuse'?)",
    ],
  ],
  [
    'a gate by type that there is not',
    6,
    'gates: { stateful: { "AWS::S3::Bucket": warm } }',
    ["6:41: gates.stateful['AWS::S3::Bucket']: expected allow, warn, approve or refuse, got 'warm' (did you mean 'warn'?)"],
  ],
]

describe('a platform is refused for', () => {
  test.each(refusals)('%s', (_, line, written, expected) => {
    const text = aPlatform
      .split('\n')
      .with(line - 1, written)
      .join('\n')
    expect(problemsOf(text)).toEqual(expected.map((problem) => `platform.yml:${problem}`))
    expect(parsePlatform(text, 'platform.yml').platform).toBeUndefined()
  })

  test('nothing, if nothing is wrong (canary)', () => {
    expect(problemsOf(aPlatform)).toEqual([])
  })

  test('being empty', () => {
    expect(problemsOf('\n')).toEqual([
      'platform.yml:1:1: the file is empty (expected a map with the keys platform, version, environments and blueprints)',
    ])
  })

  test('a stack that is wrong is still a stack to refer to', () => {
    const text = aPlatform
      .replace('function: { template: function.yml }', 'function: { inputs: { A: queue.Arn } }')
      .replace('template: queue.yml', 'tmplate: queue.yml')
    expect(problemsOf(text).map((problem) => problem.slice('platform.yml:5:'.length))).toEqual([
      "47: blueprints.function.stacks.function: missing key 'template' (add it, as in template: network.yml)",
      "86: blueprints.function.stacks.queue: unknown key 'tmplate' (did you mean 'template'?)",
    ])
  })

  test('no change to a sound descriptor makes it throw, or be silent', () => {
    const cut = fc.tuple(fc.nat(wholePlatform.length), fc.nat(8), fc.string({ maxLength: 4, unit: 'binary' }))
    fc.assert(
      fc.property(cut, ([at, gone, put]) => {
        const { platform, problems } = parsePlatform(wholePlatform.slice(0, at) + put + wholePlatform.slice(at + gone), 'platform.yml')
        return (platform === undefined) !== (problems.length === 0)
      }),
      { numRuns: 500 },
    )
  })
})

describe('keys that this version cannot do yet', () => {
  const notYet = (what: string) => `${what} is not supported by this version of towpath (remove it, or use a version that has it)`

  test.each<[string, string, string[]]>([
    ['another level', `${aPlatform}gates: { stateful: warn }`, [`platform.yml:6:10: ${notYet("'gates.stateful: warn'")}`]],
    [
      'levels by type',
      `${aPlatform}gates: { stateful: { "AWS::S3::Bucket": refuse } }`,
      [`platform.yml:6:10: ${notYet("'gates.stateful by type'")}`],
    ],
    ['nothing, at the level that is in force', `${aPlatform}gates: { stateful: refuse }`, []],
    ['nothing, without gates', aPlatform, []],
  ])('%s', (_, text, expected) => {
    expect(parsePlatform(text, 'platform.yml').unsupported.map(shown)).toEqual(expected)
  })

  test('those of a blueprint are told when a service uses it', () => {
    const { platform } = parsePlatform(wholePlatform, 'platform.yml')
    const told = (name: string) => {
      const blueprint = platform?.blueprints.get(name)
      return blueprint && unsupportedByUse(blueprint.value).map(shown)
    }
    expect(told('instances')).toEqual([`platform.yml:22:9: ${notYet("'stacks.scaling.alarms'")}`])
    expect(told('function')).toEqual([])
    const instances = platform?.blueprints.get('instances')?.value
    expect(instances && keysUnsupportedByUse(instances)).toEqual(['stacks.scaling.alarms'])
  })
})

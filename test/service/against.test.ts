import { describe, expect, test } from '@jest/globals'
import { parsePlatform } from '../../src/platform/read.ts'
import { checkAgainst, ownStacks } from '../../src/service/against.ts'
import { parseService } from '../../src/service/read.ts'
import { aService, lines, shown, wholePlatform, wholeService } from './support.ts'

const { platform } = parsePlatform(wholePlatform, 'platform.yml')
if (!platform) throw new Error('the test’s platform is not sound')

function problemsOf(text: string, additions: readonly string[] = []): string[] {
  const { service, problems } = parseService(text, 'service.yml')
  if (!service || !platform) throw new Error(problems.map(shown).join('\n'))
  const files = additions.map((name) => ({ name, file: `cloudFormation/additions/${name}.yml`, text: '' }))
  return checkAgainst({ ...service, overrides: [], additions: files }, platform).map(shown)
}

test('a service that fits its platform has no problem', () => {
  expect(problemsOf(aService)).toEqual([])
  expect(problemsOf(wholeService.replace('data: ', 'security: '), ['ledger', 'scaling'])).toEqual([])
})

describe('a service does not fit its platform for', () => {
  test.each<[string, string, readonly string[], string[]]>([
    [
      'an unknown blueprint',
      aService.replace('function', 'functon'),
      [],
      ["3:12: blueprint: the platform has no blueprint 'functon' (did you mean 'function'?)"],
    ],
    [
      'an unknown environment',
      aService.replace('staging', 'stagging'),
      [],
      ["5:17: environments: the platform has no environment 'stagging' (did you mean 'staging'?)"],
    ],
    [
      'an environment that is near to none',
      aService.replace('staging', 'x'),
      [],
      ["5:17: environments: the platform has no environment 'x' (there are 'production', 'staging')"],
    ],
    [
      'an unknown blueprint and environment',
      aService.replace('function', 'functon').replace('staging', 'x'),
      [],
      [
        "3:12: blueprint: the platform has no blueprint 'functon' (did you mean 'function'?)",
        "5:17: environments: the platform has no environment 'x' (there are 'production', 'staging')",
      ],
    ],
    [
      'an unknown stack',
      `${aService}stacks: { functon: {} }`,
      [],
      ["6:11: stacks: neither the blueprint nor the service has a stack 'functon' (did you mean 'function'?)"],
    ],
    [
      'parameters of an unknown stack',
      aService.replace('staging: {}', 'staging: { parameters: { legder: {} } }'),
      ['ledger'],
      ["5:42: environments.staging.parameters: neither the blueprint nor the service has a stack 'legder' (did you mean 'ledger'?)"],
    ],
    [
      'a reference to an unknown stack',
      `${aService}stacks: { function: { inputs: { A: legder.Arn } } }`,
      ['ledger'],
      ["6:36: stacks.function.inputs.A: there is no stack 'legder', which 'legder.Arn' refers to (did you mean 'ledger.Arn'?)"],
    ],
    [
      'a fixed reference that is misspelt',
      `${aService}stacks: { function: { inputs: { A: artifact.key } } }`,
      [],
      ["6:36: stacks.function.inputs.A: there is no stack 'artifact', which 'artifact.key' refers to (did you mean 'artefact.key'?)"],
    ],
    [
      'a reference to an unknown stack of the platform',
      `${aService}stacks: { function: { inputs: { A: platform/netwrk.VpcId } } }`,
      [],
      [
        "6:36: stacks.function.inputs.A: the platform has no stack 'netwrk', which 'platform/netwrk.VpcId' refers to (did you mean 'platform/network.VpcId'?)",
      ],
    ],
    [
      'a circle through the blueprint',
      lines(`
      service: delivery
      owner: logistics
      blueprint: instances
      platform: stable
      environments: { staging: {} }
      stacks: { security: { inputs: { Group: scaling.Group } } }
    `),
      [],
      ['6:40: stacks refer to each other in a circle: security → scaling → security (one of them must do without the other)'],
    ],
    [
      'a stack of its own with the name of the blueprint’s',
      aService,
      ['my-ledger'],
      [
        "cloudFormation/additions/my-ledger.yml:1:1: 'my-ledger' is neither a template of the blueprint nor a name for a stack: lower case letters and digits, beginning with a letter (there is 'function')",
      ],
    ],
    [
      'a stack name that is too long',
      aService,
      ['x'.repeat(120)],
      [
        `5:17: the stack name 'delivery-staging-${'x'.repeat(120)}' has 137 characters, and CloudFormation takes 128 (shorten the name of the service, the environment or the stack)`,
        `5:30: the stack name 'delivery-production-${'x'.repeat(120)}' has 140 characters, and CloudFormation takes 128 (shorten the name of the service, the environment or the stack)`,
      ],
    ],
  ])('%s', (_, text, additions, expected) => {
    expect(problemsOf(text, additions)).toEqual(
      expected.map((problem) => (problem.startsWith('cloud') ? problem : `service.yml:${problem}`)),
    )
  })

  test('an addition that has a blueprint stack’s name, but not its template’s', () => {
    const other = parsePlatform(wholePlatform.replace('template: function.yml', 'template: lambda.yml'), 'platform.yml').platform
    const { service } = parseService(aService, 'service.yml')
    if (!service || !other) throw new Error('not sound')
    const additions = [{ name: 'function', file: 'function.yml', text: '' }]
    expect(checkAgainst({ ...service, overrides: [], additions }, other).map(shown)).toEqual([
      "function.yml:1:1: the blueprint has a stack 'function', whose template is lambda.yml (to add to it, call the file lambda.yml; a stack of your own needs another name)",
    ])
  })
})

test('a circle in the blueprint is cut where the service says otherwise', () => {
  const text = `${aService.replace('function', 'instances')}stacks: { security: { inputs: { G: scaling.G } }, scaling: { parameters: { SecurityGroup: none } } }`
  expect(problemsOf(text)).toEqual([])
})

test('additions are stacks of the service’s own unless a template has their name', () => {
  const stacks = platform.blueprints.get('instances')?.value.stacks ?? new Map()
  const additions = ['ledger', 'scaling'].map((name) => ({ name, file: name, text: '' }))
  expect(ownStacks(additions, stacks).map(({ name }) => name)).toEqual(['ledger'])
})

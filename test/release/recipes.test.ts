import { describe, expect, test } from '@jest/globals'
import { account, aTemplate, memoryWorld, type Ran, region } from '../world/towpath.ts'
import { hintsOf, problemsOf } from './support.ts'

/** Validates and publishes a platform, given as the lines below its environments, and their parameters. */
async function checked(
  lines: readonly string[],
  templates: Readonly<Record<string, unknown>>,
  parameters = '',
): Promise<{ readonly validated: Ran; readonly synced: Ran; readonly keys: readonly string[] }> {
  const world = memoryWorld()
  world.write({
    '/platform/platform.yml': [
      'platform: acme',
      'version: 1.0.0',
      'environments:',
      `  staging: { account: "${account}", region: ${region}${parameters} }`,
      ...lines,
    ].join('\n'),
    ...Object.fromEntries(Object.entries(templates).map(([name, one]) => [`/platform/cloudFormation/${name}.json`, JSON.stringify(one)])),
  })
  const validated = await world.run('validate', { path: '/platform' })
  const synced = await world.run('sync-platform', { path: '/platform' })
  return { validated, synced, keys: world.bucket.keys() }
}

const blueprint = (stack: string): string[] => ['blueprints:', '  thing:', '    stacks:', `      ${stack}`, '    ship: { with: stack }']
const nothing = 'blueprints: {}'

describe('a platform whose recipes and templates disagree', () => {
  test.each<[string, readonly string[], Readonly<Record<string, unknown>>, string, string, string]>([
    [
      'in the name of a template',
      blueprint('main: { template: mian.json }'),
      { main: aTemplate() },
      "/platform/platform.yml:8: the platform has no template 'mian.json' in cloudFormation/",
      "did you mean 'main.json'?",
      '',
    ],
    [
      'in the name of a parameter',
      blueprint('main: { template: main.json, parameters: { Siez: 2 } }'),
      { main: aTemplate({ parameters: ['Size'] }) },
      "/platform/platform.yml:8: template /platform/cloudFormation/main.json of stack 'main' has no parameter 'Siez'",
      "did you mean 'Size'?",
      '',
    ],
    [
      'in the name of an output of a sibling',
      blueprint('{ left: { template: left.json }, right: { template: right.json, inputs: { From: left.Nmae } } }'),
      { left: aTemplate(), right: aTemplate({ parameters: ['From'] }) },
      "/platform/platform.yml:8: input 'From' of stack 'right': 'left.Nmae' names an output that stack 'left' does not have",
      "did you mean 'Name'?",
      '',
    ],
    [
      "in the name of an output of the platform's own",
      [
        'stacks: { network: { template: left.json } }',
        ...blueprint('right: { template: right.json, inputs: { From: platform/network.Nmae } }'),
        '',
      ],
      { left: aTemplate(), right: aTemplate({ parameters: ['From'] }) },
      "/platform/platform.yml:9: input 'From' of stack 'right': 'platform/network.Nmae' names an output that stack 'network' does not have",
      "did you mean 'Name'?",
      '',
    ],
    [
      'in what an environment gives a stack',
      blueprint('main: { template: main.json }'),
      { main: aTemplate({ parameters: ['Size'] }) },
      "/platform/platform.yml:4: template /platform/cloudFormation/main.json of stack 'main' has no parameter 'Siez'",
      "did you mean 'Size'?",
      ', parameters: { main: { Siez: 2 } }',
    ],
    [
      'in a value that its own stack needs',
      ['stacks: { network: { template: left.json } }', nothing],
      { left: aTemplate({ parameters: ['Cidr'] }) },
      "/platform/platform.yml:4: parameter without a value in staging: 'network.Cidr'",
      'give it under environments.staging.parameters.<stack> or stacks.<stack> in platform.yml',
      '',
    ],
    [
      'in a secret that is written down',
      blueprint('main: { template: main.json, parameters: { Key: hunter2 } }'),
      { main: { ...aTemplate(), Parameters: { Key: { Type: 'String', NoEcho: true } } } },
      "/platform/platform.yml:8: parameter 'Key' of stack 'main' is NoEcho and takes no literal",
      'give a dynamic reference such as {{resolve:secretsmanager:…}} or {{resolve:ssm-secure:…}}',
      '',
    ],
    [
      'in the name of a nested template',
      blueprint('main: { template: main.json }'),
      {
        main: { Resources: { Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'chlid.json' } } } },
        child: aTemplate(),
      },
      "/platform/cloudFormation/main.json:1: the platform has no template 'chlid.json'",
      "did you mean 'child.json'?",
      '',
    ],
    [
      'in a template that nests itself',
      blueprint('main: { template: main.json }'),
      { main: { Resources: { Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: './main.json' } } } } },
      "/platform/cloudFormation/main.json:1: template 'main.json' nests itself: main.json → main.json",
      'name another template, or remove the nested stack',
      '',
    ],
  ])('%s is not sound, and is not published', async (_, lines, templates, problem, hint, parameters) => {
    const { validated, synced, keys } = await checked(lines, templates, parameters)
    expect(problemsOf(validated)).toEqual([problem])
    expect(hintsOf(validated)).toEqual([hint])
    expect(synced.error).toMatchObject({ code: 'bad-input', message: validated.error?.message })
    expect(keys).toEqual([])
  })

  test('canary: one that agrees is sound, and is published', async () => {
    const lines = [
      'stacks: { network: { template: left.json } }',
      ...blueprint('right: { template: right.json, inputs: { From: platform/network.Name } }'),
    ]
    const { validated, synced } = await checked(lines, { left: aTemplate(), right: aTemplate({ parameters: ['From'] }) })
    expect([validated.error, synced.error]).toEqual([undefined, undefined])
  })

  test('a parameter that an environment gives to one of two stacks of a name is theirs who have it', async () => {
    const lines = [
      'blueprints:',
      '  one: { stacks: { main: { template: one.json } }, ship: { with: stack } }',
      '  two: { stacks: { main: { template: two.json } }, ship: { with: stack } }',
    ]
    const templates = { one: aTemplate({ parameters: ['Size'] }), two: aTemplate({ parameters: ['Speed'] }) }
    const { validated } = await checked(lines, templates, ', parameters: { main: { Size: 1, Speed: 2 } }')
    expect(validated.error).toBeUndefined()
  })

  test('in many ways tells them all, in reading order', async () => {
    const lines = blueprint('main: { template: main.json, inputs: { A: nobody.Name } }')
    const { validated } = await checked(
      lines,
      { main: aTemplate(), broken: { Resources: { X: {} } } },
      ', roles: { deploy: "arn:aws:iam::000000000001:role/x" }',
    )
    expect(problemsOf(validated).map((text) => text.replace(/: .*/, ''))).toEqual([
      '/platform/platform.yml:4',
      '/platform/platform.yml:8',
      '/platform/cloudFormation/broken.json:1',
    ])
  })
})

import { describe, expect, test } from '@jest/globals'
import { account, aPlatform, aService, aTemplate, region } from '../world/towpath.ts'
import { hintsOf, problemsOf, released } from './support.ts'

/** One template parameter, and what each layer of design 6 says of it; undefined: nothing. */
interface Layers {
  readonly serviceEnvironment?: unknown
  readonly serviceInputs?: string
  readonly serviceParameters?: unknown
  readonly platformEnvironment?: unknown
  readonly blueprintInputs?: string
  readonly blueprintParameters?: unknown
  /** What the template says of it beside its type. */
  readonly template?: Readonly<Record<string, unknown>>
}

const only = (value: unknown): string => (value === undefined ? '{}' : JSON.stringify({ Size: value }))

/** A platform and a service in which stack `main` takes the parameter Size. */
function layered({ template = {}, ...layers }: Layers): [Record<string, string>, Record<string, string>] {
  const environment = layers.platformEnvironment === undefined ? '' : `, parameters: { main: ${only(layers.platformEnvironment)} }`
  const platform = {
    '/platform/platform.yml': [
      'platform: acme',
      'version: 1.0.0',
      'environments:',
      `  staging: { account: "${account}", region: ${region}${environment} }`,
      'blueprints:',
      '  thing:',
      '    stacks:',
      `      main: { template: main.json, inputs: ${only(layers.blueprintInputs)}, parameters: ${only(layers.blueprintParameters)} }`,
      '    ship: { with: stack }',
    ].join('\n'),
    '/platform/cloudFormation/main.json': JSON.stringify({ ...aTemplate(), Parameters: { Size: { Type: 'String', ...template } } }),
  }
  const service = aService({
    lines: [
      `stacks: { main: { inputs: ${only(layers.serviceInputs)}, parameters: ${only(layers.serviceParameters)} } }`,
      `environments: { staging: { parameters: { main: ${only(layers.serviceEnvironment)} } } }`,
    ],
  })
  return [service, platform]
}

/** What Size is given in staging. */
async function given(layers: Layers): Promise<unknown> {
  const { manifest, ran } = await released(...layered(layers))
  if (ran.error) throw ran.error
  return manifest?.environments.staging?.parameters.main?.Size
}

describe("a parameter's value", () => {
  const all = {
    serviceEnvironment: 'of the service in the environment',
    serviceParameters: 'of the service',
    platformEnvironment: 'of the platform in the environment',
    blueprintParameters: 'of the blueprint',
    template: { Default: 'of the template' },
  }
  const layers = ['serviceEnvironment', 'serviceParameters', 'platformEnvironment', 'blueprintParameters'] as const

  test.each(layers.map((layer, index) => [layer, layers.slice(index)] as const))(
    'is that of %s, before all weaker layers',
    async (layer, left) => {
      const some = Object.fromEntries([...left, 'template' as const].map((name) => [name, all[name]]))
      expect(await given(some)).toEqual({ value: all[layer] })
    },
  )

  test("is left to the template's default where nobody says anything", async () => {
    expect(await given({ template: { Default: 'x' } })).toBeUndefined()
  })

  test.each<[string, Layers, unknown]>([
    ["a value before the blueprint's reference", { serviceParameters: 2, blueprintInputs: 'service.name' }, { value: '2' }],
    ["a reference before the blueprint's value", { serviceInputs: 'service.owner', blueprintParameters: 2 }, { from: 'service.owner' }],
    [
      "a reference before the platform's value in the environment",
      { serviceInputs: 'service.owner', platformEnvironment: 2 },
      { from: 'service.owner' },
    ],
    [
      "the platform's value in the environment before the blueprint's reference",
      { platformEnvironment: 2, blueprintInputs: 'service.name' },
      { value: '2' },
    ],
    ["the environment's value before the service's reference", { serviceEnvironment: 2, serviceInputs: 'service.name' }, { value: '2' }],
  ])('is %s', async (_, layers, expected) => {
    expect(await given(layers)).toEqual(expected)
  })

  test.each<[string, unknown, unknown]>([
    ['a number', 30, { value: '30' }],
    ['a boolean', true, { value: 'true' }],
    ['an empty text', '', { value: '' }],
    ['a list, joined by commas', ['a', 2, true], { value: 'a,2,true' }],
    ['an empty list', [], { value: '' }],
    ['what is live, kept', { keep: true }, { keep: true }],
    ['a text that looks like a number, as it is written', '012345678901', { value: '012345678901' }],
  ])('can be %s', async (_, value, expected) => {
    expect(await given({ serviceEnvironment: value })).toEqual(expected)
  })
})

describe('a secret parameter (NoEcho)', () => {
  const template = { NoEcho: true }

  test.each<[string, Layers]>([
    ['a dynamic reference', { serviceEnvironment: '{{resolve:secretsmanager:acme/db:SecretString:password}}' }],
    ['what is live', { serviceEnvironment: { keep: true } }],
  ])('takes %s', async (_, layers) => {
    expect(await given({ ...layers, template })).toBeDefined()
  })

  test.each(['hunter2', '{{resolve:ssm:a}}, or hunter2', ''])(
    'takes no literal such as %j, and the message does not repeat it',
    async (value) => {
      const { ran } = await released(...layered({ serviceEnvironment: value, template }))
      expect(problemsOf(ran)).toEqual(["/service/service.yml:6: parameter 'Size' of stack 'main' is NoEcho and takes no literal"])
      expect(JSON.stringify(ran.error)).not.toContain('hunter2')
    },
  )
})

describe('what nobody can use', () => {
  test('is refused with its line and the nearest name', async () => {
    const service = aService({ lines: ['environments:', '  staging:', '    parameters:', '      main: { Siez: 2 }'] })
    const template = { ...aTemplate(), Parameters: { Size: { Type: 'String', Default: '1' } } }
    const { ran } = await released(service, aPlatform({ templates: { main: template } }))
    expect(ran.error?.code).toBe('bad-input')
    expect(problemsOf(ran)).toEqual(["/service/service.yml:8: template main.json (1.0.0) of stack 'main' has no parameter 'Siez'"])
    expect(hintsOf(ran)).toEqual(["did you mean 'Size'?"])
  })

  test('is refused once, in however many environments the stack goes', async () => {
    const { ran } = await released(aService({ lines: ['stacks: { main: { parameters: { Size: 2 } } }'] }))
    expect(problemsOf(ran)).toHaveLength(1)
    expect(hintsOf(ran)).toEqual(['the template has no parameters at all'])
  })

  test("of the platform is no problem where the service's override took the parameter out", async () => {
    const platform = {
      ...aPlatform({ stacks: { main: { Owner: 'service.owner' } } }),
    }
    const overrides = {
      main: { Parameters: { Owner: { 'Towpath::Remove': true } }, Resources: { Thing: { Properties: { Owner: 'fixed' } } } },
    }
    const { ran, manifest } = await released(aService({ overrides }), platform)
    expect(ran.error).toBeUndefined()
    expect(manifest?.environments.staging?.parameters.main).toEqual({})
  })
})

describe('parameters without a value', () => {
  test('are one problem an environment, which names them all', async () => {
    const platform = aPlatform({
      stacks: { left: {}, right: {} },
      templates: { left: aTemplate({ parameters: ['A', 'B'] }), right: aTemplate({ parameters: ['C'] }) },
    })
    const { ran } = await released(
      aService({ lines: ['environments:', '  staging: { parameters: { left: { A: 1 } } }', '  production: {}'] }),
      platform,
    )
    expect(problemsOf(ran)).toEqual([
      "/service/service.yml:6: parameters without a value in staging: 'left.B', 'right.C'",
      "/service/service.yml:7: parameters without a value in production: 'left.A', 'left.B', 'right.C'",
    ])
    expect(hintsOf(ran)[0]).toBe('give them under environments.staging.parameters.<stack> or stacks.<stack> in service.yml')
  })

  test('canary: with a value they are no problem', async () => {
    const platform = aPlatform({ templates: { main: aTemplate({ parameters: ['A'] }) } })
    const { ran } = await released(aService({ lines: ['stacks: { main: { parameters: { A: 1 } } }'] }), platform)
    expect(ran.error).toBeUndefined()
  })
})

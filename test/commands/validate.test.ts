import { describe, expect, test } from '@jest/globals'
import { hintsOf, problemsOf } from '../release/support.ts'
import { aPlatform, aService, aTemplate, memoryWorld, readyWorld } from '../world/towpath.ts'

/** Validates what stands in some files. */
async function validated(files: Readonly<Record<string, string>>, inputs: Readonly<Record<string, unknown>> = {}) {
  const world = memoryWorld()
  world.write(files)
  const ran = await world.run('validate', { bucket: undefined, ...inputs })
  return { world, ...ran, problems: problemsOf(ran), hints: hintsOf(ran) }
}

const broken = {
  ...aService({ lines: ['colour: blue'] }),
  '/service/cloudFormation/overrides/main.yml': 'Resources: { Thing: { Type: 1, Type: 2 } }\n',
}

/** The platform of these tests has a type that AWS does not publish. */
const privateType =
  "/platform/cloudFormation/main.json:1: resource 'Thing': type 'Test::Towpath::Thing' is private, or newer than this version of towpath"

describe('without a platform', () => {
  test('a sound service has no problem, and what was not judged is named', async () => {
    const { outputs, error } = await validated(aService())
    expect(error).toBeUndefined()
    expect(outputs).toEqual({
      kind: 'service',
      name: 'delivery',
      problems: [],
      lint: [],
      unchecked: [
        'overrides and additions against the platform templates: give --platform or --bucket',
        'stacks, parameters and references against the blueprint: give --platform or --bucket',
        'environments against the platform: give --platform or --bucket',
      ],
      'changed-readings': null,
    })
  })

  test('asks nothing of any cloud', async () => {
    const { world } = await validated(aService())
    expect([world.bucket.requests, world.cloud.requests]).toEqual([[], []])
  })

  test('no problem hides another: the descriptor does not hide a template', async () => {
    const { problems } = await validated(broken)
    expect(problems).toEqual([
      "/service/service.yml:6: unknown key 'colour'",
      "/service/cloudFormation/overrides/main.yml:1: key 'Type' stands twice in one map",
    ])
  })

  test('a file that would have no effect is a problem', async () => {
    const { problems } = await validated({ ...aService(), '/service/cloudFormation/override/main.yml': 'Resources: {}' })
    expect(problems).toEqual(["/service/cloudFormation/override:1: the folder 'override' has no effect here"])
  })

  test('an artefact that is not built yet is unchecked, not wrong', async () => {
    const { error, outputs } = await validated(aService({ lines: ['artefact: { path: build, build: make }'] }))
    expect(error).toBeUndefined()
    expect(outputs.unchecked).toContain('the artefact: there is nothing at /service/build yet')
  })

  test('an artefact that is missing and that no build will make is a problem', async () => {
    const { problems } = await validated(aService({ lines: ['artefact: { path: build }'] }))
    expect(problems).toEqual([expect.stringContaining("artefact.path: there is nothing at /service/build, and artefact has no 'build'")])
  })
})

describe('what is wrong', () => {
  test('ends with exit 2, with the outputs all the same: each problem with its place, message and hint', async () => {
    const { outputs, error } = await validated(broken)
    expect(error).toMatchObject({ code: 'bad-input', message: 'the service in /service has 2 problems' })
    expect(outputs).toMatchObject({
      kind: 'service',
      name: 'delivery',
      problems: [
        { file: '/service/service.yml', line: 6, column: 1, message: "unknown key 'colour'" },
        { file: '/service/cloudFormation/overrides/main.yml', line: 1, column: 32 },
      ],
    })
  })

  test('that is one thing is the message itself', async () => {
    const { error } = await validated(aService({ lines: ['colour: blue'] }))
    expect(error).toMatchObject({ message: "unknown key 'colour'", at: { file: '/service/service.yml', line: 6, column: 1 } })
  })

  test.each<[string, string, string | null]>([
    ['is there', 'service: delivery\nnonsense: 1\n', 'delivery'],
    ['is not there', 'nonsense: 1\n', null],
    ['is no text', 'service: [1]\n', null],
    ['cannot be read', 'service: {', null],
  ])('leaves the name as far as it %s', async (_, text, name) => {
    expect((await validated({ '/service/service.yml': text })).outputs.name).toBe(name)
  })
})

describe('with a platform on this machine', () => {
  const inputs = { platform: '/platform' }

  test('a sound service is checked whole', async () => {
    const { outputs, error } = await validated({ ...aPlatform(), ...aService() }, inputs)
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ problems: [], unchecked: [privateType] })
  })

  test('what the service says that the platform has no place for is a problem', async () => {
    const lines = ['stacks: { main: { parameters: { Size: 2 } } }', 'environments: { staging: {}, qa: {} }']
    const { problems } = await validated({ ...aPlatform(), ...aService({ lines }) }, inputs)
    expect(problems).toEqual([
      "/service/service.yml:5: template /platform/cloudFormation/main.json of stack 'main' has no parameter 'Size'",
      "/service/service.yml:6: environments: the platform has no environment 'qa'",
    ])
  })

  test('problems of the platform do not hide those of the service', async () => {
    const platform = { ...aPlatform(), '/platform/cloudFormation/other.json': '{"Resources": {"X": {}}}' }
    const { problems } = await validated({ ...platform, ...aService({ lines: ['stacks: { main: { parameters: { Size: 2 } } }'] }) }, inputs)
    expect(problems.map((text) => text.split(':')[0])).toEqual(['/service/service.yml', '/platform/cloudFormation/other.json'])
  })

  test('a platform.yml that is not sound leaves the rest unchecked, and says so', async () => {
    const platform = { ...aPlatform(), '/platform/platform.yml': 'platform: acme\n' }
    const { problems, outputs } = await validated({ ...platform, ...aService() }, inputs)
    expect(problems[0]).toMatch(/^\/platform\/platform\.yml:1: missing key/)
    expect(outputs.unchecked).toContain('the service against the platform: platform.yml must be sound first')
  })

  test("outputs of other services' stacks are unchecked", async () => {
    const lines = ['stacks: { main: { inputs: { From: service/customer/messages.TopicArn } } }']
    const platform = aPlatform({ templates: { main: aTemplate({ parameters: ['From'] }) } })
    const { outputs, error } = await validated({ ...platform, ...aService({ lines }) }, inputs)
    expect(error).toBeUndefined()
    expect(outputs.unchecked).toEqual([privateType, "outputs of other services' stacks: they are read when the release is applied"])
  })

  test('what a macro may make is unchecked, with its line', async () => {
    const overrides = { main: { Transform: 'Custom', Resources: { Thing: { Properties: { Of: { Ref: 'Made' } } } } } }
    const { outputs, error } = await validated({ ...aPlatform(), ...aService({ overrides }) }, inputs)
    expect(error).toBeUndefined()
    expect(outputs.unchecked).toEqual([
      expect.stringMatching(/^\/service\/cloudFormation\/overrides\/main\.json:1: no parameter or resource 'Made'/),
    ])
  })

  test('asks nothing of any cloud', async () => {
    const { world } = await validated({ ...aPlatform(), ...aService() }, inputs)
    expect(world.bucket.requests).toEqual([])
  })
})

describe('with a bucket', () => {
  test('a service is checked against what is published', async () => {
    const world = await readyWorld(aPlatform(), aService({ lines: ['stacks: { main: { parameters: { Size: 2 } } }'] }))
    const ran = await world.run('validate')
    expect(problemsOf(ran)).toEqual(["/service/service.yml:6: template main.json (1.0.0) of stack 'main' has no parameter 'Size'"])
  })

  test('that cannot be reached, what is wrong with the service by itself is told all the same', async () => {
    const world = await readyWorld(aPlatform(), { ...aService({ additions: { main: { Resources: { X: {} } } } }) })
    world.bucket.fail({ times: Number.POSITIVE_INFINITY })
    const ran = await world.run('validate')
    expect(problemsOf(ran)).toHaveLength(1)
    expect(ran.outputs.unchecked).toEqual([expect.stringMatching(/^the service against the platform: .*could not be reached/)])
  })

  test('that cannot be reached is the error where nothing else is', async () => {
    const world = await readyWorld()
    world.bucket.fail({ times: Number.POSITIVE_INFINITY })
    expect((await world.run('validate')).error).toMatchObject({ code: 'failed', blame: 'service' })
  })
})

describe('a platform', () => {
  test('that is sound has no problem', async () => {
    const { outputs, error } = await validated(aPlatform(), { path: '/platform' })
    expect(error).toBeUndefined()
    expect(outputs).toEqual({ kind: 'platform', name: 'acme', problems: [], lint: [], unchecked: [privateType], 'changed-readings': null })
  })

  test('has the problems of its descriptor, its templates and its roles told at once', async () => {
    const { problems } = await validated(
      {
        ...aPlatform({ extra: 'colour: blue' }),
        '/platform/cloudFormation/main.yml': 'Resources: {}',
        '/platform/cloudFormation/bad.yml': 'Resources: { X: {} }',
        '/platform/ansible/roles/empty/.keep/x': '',
        '/platform/ansible/roles/evil/a\\b': '',
      },
      { path: '/platform' },
    )
    expect(problems.map((text) => text.replace(/:\d+: .*/, ''))).toEqual([
      '/platform/platform.yml',
      '/platform/cloudFormation/main.yml',
      '/platform/cloudFormation/main.yml',
      '/platform/ansible/roles/evil/a\\b',
      '/platform/cloudFormation/bad.yml',
    ])
  })

  test.each([['gates: { stateful: warn }', "'gates.stateful: warn'"]])(
    'that asks for what this version cannot do is refused, not ignored: %s',
    async (line, key) => {
      const yml = aPlatform()['/platform/platform.yml'] ?? ''
      const files = { ...aPlatform(), '/platform/platform.yml': `${yml}${line}\n` }
      expect((await validated(files, { path: '/platform' })).problems).toEqual([
        expect.stringContaining(`${key} is not supported by this version of towpath`),
      ])
      const world = memoryWorld()
      world.write(files)
      expect((await world.run('sync-platform', { path: '/platform' })).error?.code).toBe('bad-input')
      expect(world.bucket.keys()).toEqual([])
    },
  )
})

describe('the advice of cfn-lint', () => {
  const finding = (file: string, path: readonly unknown[]) => ({
    Filename: file,
    Level: 'Warning',
    Message: 'a bucket wants a name',
    Location: { Path: path, Start: { LineNumber: 9, ColumnNumber: 9 } },
    Rule: { Id: 'W9999' },
  })

  /** Validates with a linter that has findings, and tells what it was asked. */
  async function advised(findings: unknown, files: Readonly<Record<string, string>> = { ...aPlatform(), ...aService() }, inputs = {}) {
    const world = memoryWorld()
    world.write(files)
    const asked: (readonly string[])[] = []
    world.programs['cfn-lint'] = (args) => {
      asked.push(args)
      return typeof findings === 'string' ? findings : JSON.stringify(findings)
    }
    return { asked, ...(await world.run('validate', { bucket: undefined, platform: '/platform', lint: true, ...inputs })) }
  }

  test('is listed with the place where that part was written, and no exit code depends on it', async () => {
    const files = {
      ...aPlatform(),
      ...aService(),
      '/service/cloudFormation/overrides/main.yml': 'Resources:\n  Thing:\n    Properties:\n      Size: 2\n',
    }
    const { outputs, error } = await advised([finding('0.json', ['Resources', 'Thing', 'Properties', 'Size', 'beyond'])], files)
    expect(error).toBeUndefined()
    expect(outputs.problems).toEqual([])
    expect(outputs.lint).toEqual([
      {
        template: 'main',
        rule: 'W9999',
        level: 'warning',
        pointer: '/Resources/Thing/Properties/Size/beyond',
        file: 'cloudFormation/overrides/main.yml',
        line: 4,
        column: 13,
        message: 'a bucket wants a name',
      },
    ])
  })

  test("is asked for a platform's templates by their files", async () => {
    const { outputs } = await advised([finding('0.json', [])], aPlatform(), { path: '/platform', platform: undefined })
    expect(outputs.lint).toMatchObject([{ template: 'main.json', file: 'cloudFormation/main.json' }])
  })

  test('is asked in JSON, about files of its own', async () => {
    const { asked } = await advised([])
    expect(asked).toEqual([
      ['--format', 'json', '--non-zero-exit-code', 'none', '--ignore-checks', 'W3002', '--regions', 'eu-west-1', '--', '0.json'],
    ])
  })

  test('is not asked for unless somebody wants it: a flag, or the platform', async () => {
    const silent = await advised([finding('0.json', [])], undefined, { lint: false })
    expect([silent.asked, silent.outputs.lint]).toEqual([[], []])
    const platform = aPlatform()
    const wanting = { ...platform, ...aService(), '/platform/platform.yml': `${platform['/platform/platform.yml']}\nlint: true\n` }
    const asked = await advised([finding('0.json', [])], wanting, { lint: false })
    expect(asked.outputs.lint).toHaveLength(1)
  })

  test('is missed with a word where it was asked for and is not installed', async () => {
    const world = memoryWorld()
    world.write({ ...aPlatform(), ...aService() })
    await world.run('validate', { bucket: undefined, platform: '/platform', lint: true })
    expect(world.lines).toEqual(['warning: cfn-lint was asked for and is not installed here, so there is no advice of it'])
  })

  test.each<[string, unknown]>([
    ['nonsense', 'Traceback (most recent call last)'],
    ['nothing', ''],
    ['another shape', { findings: [] }],
    [
      'findings of another shape',
      [null, 3, {}, { Filename: 'passwd', Message: 'x', Rule: { Id: 'y' } }, { Filename: '0.json', Message: 1 }],
    ],
  ])('that is %s is no advice', async (_, findings) => {
    const { outputs, error } = await advised(findings)
    expect([outputs.lint, error]).toEqual([[], undefined])
  })

  test('is given by plan too', async () => {
    const world = await readyWorld()
    world.programs['cfn-lint'] = () => JSON.stringify([finding('0.json', ['Resources', 'Thing'])])
    expect((await world.run('plan')).outputs.lint).toEqual([])
    const here = await world.run('plan', { lint: true })
    expect(here.outputs.lint).toMatchObject([{ template: 'main', file: 'main.json (1.0.0)' }])
    const { outputs } = await world.run('create-release')
    const stored = await world.run('plan', { release: outputs.release, service: 'delivery', lint: true })
    expect(stored.outputs.lint).toMatchObject([{ template: 'main', pointer: '/Resources/Thing' }])
    expect(stored.outputs.digest).toBe(here.outputs.digest)
  })
})

describe('what is known without AWS', () => {
  test('the values of an environment are held against their parameters', async () => {
    const files: Readonly<Record<string, string>> = {
      ...aPlatform(),
      ...aService({ lines: [] }),
      '/service/cloudFormation/additions/own.yml':
        'Parameters: {Size: {Type: Number, MinValue: 128}, Names: {Type: CommaDelimitedList}}\nResources: {Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Size, Tags: [{Key: a, Value: !Select [0, !Ref Names]}]}}}\n',
    }
    const service = files['/service/service.yml'] ?? ''
    const given = { ...files, '/service/service.yml': `${service}\nstacks: { own: { parameters: { Size: 64, Names: ["a, b", c] } } }\n` }
    const { problems } = await validated(given, { platform: '/platform' })
    expect(problems).toEqual([
      expect.stringContaining("the value '64' of parameter 'Size' of stack 'own' in staging is less than the MinValue 128"),
      expect.stringContaining("the value '64' of parameter 'Size' of stack 'own' in production is less than the MinValue 128"),
      expect.stringContaining(
        "'Names' of stack 'own' in staging has an element with a comma, 'a, b', which CommaDelimitedList would split in two",
      ),
      expect.stringContaining("'Names' of stack 'own' in production has an element with a comma"),
    ])
  })

  test('a service that asks for another version than the folder has is told', async () => {
    const service = aService()
    const files = {
      ...aPlatform(),
      ...service,
      '/service/service.yml': (service['/service/service.yml'] ?? '').replace('platform: stable', 'platform: 9.9.9'),
    }
    const { problems } = await validated(files, { platform: '/platform' })
    expect(problems).toEqual([expect.stringContaining('platform: the service asks for 9.9.9, and the platform in this folder is 1.0.0')])
  })

  test('--changed-readings lists what is sent otherwise than before', async () => {
    const files = {
      ...aPlatform(),
      '/platform/cloudFormation/other.yml': 'Resources:\n  A: {Type: Test::A::B, Properties: {B: 2.0, C: True}}\n',
    }
    const { outputs } = await validated(files, { path: '/platform', 'changed-readings': true })
    expect(outputs['changed-readings']).toMatchObject([
      { template: 'other.yml', file: '/platform/cloudFormation/other.yml', line: 2, before: '"2.0"', after: '2.0' },
      { template: 'other.yml', line: 2, before: '"True"', after: 'true' },
    ])
  })
})

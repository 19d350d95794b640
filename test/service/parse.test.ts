import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { whereIs } from '../../src/document/node.ts'
import { parseService } from '../../src/service/read.ts'
import { aService, lines, shown, wholeService } from './support.ts'

const problemsOf = (text: string) => parseService(text, 'service.yml').problems.map(shown)

describe('a service that is sound', () => {
  test('is read whole, with the place of everything', () => {
    const { service, problems } = parseService(wholeService, 'service.yml')
    expect(problems).toEqual([])
    if (!service) throw new Error('no service')
    expect(service).toMatchObject({
      file: 'service.yml',
      text: wholeService,
      name: { value: 'delivery' },
      owner: { value: 'logistics' },
      blueprint: { value: 'instances' },
      platform: { value: 'stable' },
      artefact: { build: { value: 'npm ci && npm run build' }, path: { value: 'build' }, exclude: [{ value: '**/*.map' }] },
    })
    expect([...service.stacks.keys()]).toEqual(['ledger', 'scaling', 'data'])
    expect(service.stacks.get('data')?.value.name?.value).toBe('legacy-db')
    const topic = service.stacks.get('ledger')?.value.inputs.get('Topic')
    expect(topic?.value).toEqual({ kind: 'service', service: 'customer', stack: 'messages', output: 'TopicArn' })
    expect(topic && [whereIs(topic.key), whereIs(topic.place)]).toEqual([
      { file: 'service.yml', line: 10, column: 24 },
      { file: 'service.yml', line: 10, column: 31 },
    ])
    const production = service.environments.get('production')?.value.parameters.get('scaling')?.value
    expect([...(production ?? [])].map(([name, { value }]) => [name, value])).toEqual([
      ['MinSize', 3],
      ['DesiredCapacity', { keep: true }],
    ])
    expect(service.tags.get('team')?.value).toBe('canal')
  })

  test('needs five keys, and an environment may say nothing', () => {
    const { service, problems, unsupported } = parseService(aService.replace('staging: {}', 'staging:  '), 'service.yml')
    expect([problems, unsupported]).toEqual([[], []])
    expect(service && [...service.environments.keys()]).toEqual(['staging', 'production'])
    expect(service?.artefact).toBeUndefined()
  })

  test('keeps its text to the byte, a byte order mark included', () => {
    const bytes = new TextEncoder().encode(`\ufeff${aService}`)
    const { service } = parseService(bytes, 'service.yml')
    expect(service && new TextEncoder().encode(service.text)).toEqual(bytes)
  })

  test.each(['3.2.0', 'next', '4.0.0-rc.1'])('may be on platform %s', (platform) => {
    expect(problemsOf(aService.replace('stable', platform))).toEqual([])
  })

  test('gives parameters every kind of value', () => {
    const { service } = parseService(
      `${aService}stacks: { function: { parameters: { A: x, B: 1.5, C: false, D: [a, 1, true], E: { keep: true }, F: '' } } }`,
      'service.yml',
    )
    const values = [...(service?.stacks.get('function')?.value.parameters ?? [])].map(([, { value }]) => value)
    expect(values).toEqual(['x', 1.5, false, ['a', 1, true], { keep: true }, ''])
  })
})

/** Each refusal: what is put in place of a line of the smallest service (or added to it), and all that is said. */
const name =
  'expected the name of a service: lower case letters, digits and single hyphens, beginning with a letter and not ending in a hyphen, at most 40 characters, and not a reserved name (platform, towpath, aws, plan, deploy, execute, access, publish, operator, read, towpath-…, aws-…)'
const stack = 'expected the name of a stack: lower case letters and digits, beginning with a letter'
const value = 'expected a string, a number, true or false, a list of these, or { keep: true }'
const path = 'expected a path inside the repository, with forward slashes'
const refusals: [string, number, string, string[]][] = [
  ['capitals in the name', 1, 'service: Delivery', [`1:10: service: ${name}, got 'Delivery'`]],
  ['the name of the platform', 1, 'service: platform', [`1:10: service: ${name}, got 'platform'`]],
  ['a long name', 1, `service: ${'d'.repeat(41)}`, [`1:10: service: ${name}, got '${'d'.repeat(41)}'`]],
  ['a number for a name', 1, 'service: 12', [`1:10: service: ${name}, got the number 12 (quote it, as in "delivery")`]],
  ['a misspelt key', 2, 'ownr: logistics', ["2:1: unknown key 'ownr' (did you mean 'owner'?)"]],
  ['a key that is not there', 2, '', ["1:1: missing key 'owner' (add it, as in owner: logistics)"]],
  ['an owner that is empty', 2, 'owner: ""', ["2:8: owner: expected the name of a team, on one line, got ''"]],
  [
    'a version that is a number',
    4,
    'platform: 3.2',
    ['4:11: platform: expected a channel such as stable, or an exact version such as 3.2.0, got the number 3.2 (quote it, as in "3.2.0")'],
  ],
  [
    'a range of versions',
    4,
    'platform: ^3.2.0',
    ["4:11: platform: expected a channel such as stable, or an exact version such as 3.2.0, got '^3.2.0'"],
  ],
  ['no environment', 5, 'environments: {}', ['5:15: environments: expected at least one entry, got an empty map']],
  ['environments as a list', 5, 'environments: [staging]', ['5:15: environments: expected a map, got a list']],
  [
    'an environment with a hyphen',
    5,
    'environments: { pre-production: {} }',
    [
      "5:17: environments: expected the name of an environment: lower case letters and digits, beginning with a letter, got the key 'pre-production'",
    ],
  ],
  [
    'an unknown key of an environment',
    5,
    'environments: { staging: { parameter: {} } }',
    ["5:28: environments.staging: unknown key 'parameter' (did you mean 'parameters'?)"],
  ],
  ['a stack with a hyphen', 6, 'stacks: { my-stack: {} }', [`6:11: stacks: ${stack}, got the key 'my-stack'`]],
  [
    'parameters of a stack with capitals',
    5,
    'environments: { staging: { parameters: { Data: {} } } }',
    [`5:42: environments.staging.parameters: ${stack}, got the key 'Data'`],
  ],
  [
    'a parameter name with a hyphen',
    6,
    'stacks: { a: { parameters: { Min-Size: 1 } } }',
    ["6:30: stacks.a.parameters: expected the name of a template parameter: letters and digits, at most 255, got the key 'Min-Size'"],
  ],
  ['a parameter without a value', 6, 'stacks: { a: { parameters: { A: } } }', [`6:33: stacks.a.parameters.A: ${value}, got nothing`]],
  [
    'a parameter that is a map',
    6,
    'stacks: { a: { parameters: { A: { b: c } } } }',
    ["6:35: stacks.a.parameters.A: unknown key 'b' (there is 'keep')"],
  ],
  [
    'a parameter that is not kept',
    6,
    'stacks: { a: { parameters: { A: { keep: false } } } }',
    ['6:41: stacks.a.parameters.A.keep: expected true, got false'],
  ],
  [
    'a list of lists',
    6,
    'stacks: { a: { parameters: { A: [[1]] } } }',
    ['6:34: stacks.a.parameters.A[0]: expected a string, a number, true or false, got a list'],
  ],
  [
    'an input that is a value',
    6,
    'stacks: { a: { inputs: { Cidr: 10.0.0.0/16 } } }',
    [
      "6:32: stacks.a.inputs.Cidr: expected a reference, got '10.0.0.0/16' (write <stack>.<Output>, platform/<stack>.<Output> or service/<name>/<stack>.<Output>; a value goes under 'parameters')",
    ],
  ],
  [
    'an input that is nearly a reference',
    6,
    'stacks: { a: { inputs: { Vpc: platform.network.VpcId } } }',
    ["6:31: stacks.a.inputs.Vpc: expected a reference, got 'platform.network.VpcId' (did you mean 'platform/network.VpcId'?)"],
  ],
  [
    'a parameter given twice',
    6,
    'stacks: { a: { inputs: { A: b.C }, parameters: { A: 1 } } }',
    ["6:50: stacks.a: 'A' is in both inputs and parameters (a parameter has a reference or a value: remove one)"],
  ],
  [
    'a stack that refers to itself',
    6,
    'stacks: { a: { inputs: { A: a.B } } }',
    ['6:29: stacks refer to each other in a circle: a → a (one of them must do without the other)'],
  ],
  [
    'stacks in a circle',
    6,
    'stacks: { c: { inputs: { A: a.X } }, a: { inputs: { B: b.X, C: b.Y } }, b: { inputs: { A: a.Z } } }',
    ['6:56: stacks refer to each other in a circle: a → b → a (one of them must do without the other)'],
  ],
  [
    'two circles',
    6,
    'stacks: { a: { inputs: { B: b.X } }, b: { inputs: { A: a.X } }, c: { inputs: { D: d.X } }, d: { inputs: { C: c.X } } }',
    [
      '6:29: stacks refer to each other in a circle: a → b → a (one of them must do without the other)',
      '6:83: stacks refer to each other in a circle: c → d → c (one of them must do without the other)',
    ],
  ],
  [
    'its own output as another service’s',
    6,
    'stacks: { a: { inputs: { B: service/delivery/b.X } } }',
    ["6:29: stacks.a.inputs.B: 'service/delivery/b.X' is a stack of this very service (write 'b.X')"],
  ],
  [
    'two stacks of one name',
    6,
    'stacks: { a: { name: x }, b: { name: x } }',
    ["6:38: stacks.b.name: 'x' is the name of stack 'a' already (each stack has its own name)"],
  ],
  ['an artefact without a path', 6, 'artefact: { build: make }', ["6:11: artefact: missing key 'path' (add it, as in path: build)"]],
  ['an artefact outside', 6, 'artefact: { path: ../build }', [`6:19: artefact.path: ${path}, got '../build'`]],
  ['an artefact in the end outside', 6, 'artefact: { path: a/../.. }', [`6:19: artefact.path: ${path}, got 'a/../..'`]],
  ['an artefact at the root', 6, 'artefact: { path: /build }', [`6:19: artefact.path: ${path}, got '/build'`]],
  ['an artefact of Windows', 6, 'artefact: { path: C:/build }', [`6:19: artefact.path: ${path}, got 'C:/build'`]],
  [
    'tags of AWS',
    6,
    'tags: { "AWS:x": y }',
    [
      "6:9: tags: expected a tag key: at most 128 letters, digits, spaces and _.:/=+-@, beginning with neither aws: nor towpath:, got the key 'AWS:x'",
    ],
  ],
  [
    'a tag that is a number',
    6,
    'tags: { cost: 12 }',
    [
      '6:15: tags.cost: expected a tag value: a string of at most 256 letters, digits, spaces and _.:/=+-@, got the number 12 (quote it: "12")',
    ],
  ],
  [
    'a check that is wrong',
    6,
    'checks: [{ url: scaling.Url, status: 99, within: 2 minutes }]',
    [
      "6:10: checks[0]: missing key 'name' (add it, as in name: health)",
      '6:38: checks[0].status: expected at least 100, got the number 99',
      "6:50: checks[0].within: expected a duration such as 30s or 2m, got '2 minutes'",
    ],
  ],
  [
    'a rollback that is wrong',
    6,
    'rollback: { floor: no }',
    [`6:20: rollback.floor: 'no' without quotes can mean false or a text (write false, or quote it: "no")`],
  ],
]

describe('a service is refused for', () => {
  test.each(refusals)('%s', (_, line, written, expected) => {
    const text = aService
      .split('\n')
      .with(line - 1, written)
      .join('\n')
    expect(problemsOf(text)).toEqual(expected.map((problem) => `service.yml:${problem}`))
    expect(parseService(text, 'service.yml').service).toBeUndefined()
  })

  test('nothing, if nothing is wrong (canary)', () => {
    expect(problemsOf(aService)).toEqual([])
  })

  test('everything at once: no problem hides another', () => {
    const text = lines(`
      service: Delivery
      blueprint: function
      platform: stable
      environments: { Staging: {} }
      stacks: { a: { inputs: { A: a.B }, parameters: { A: 1 } } }
    `)
    expect(problemsOf(text).map((problem) => problem.split(': ')[0])).toEqual([
      'service.yml:1:1',
      'service.yml:1:10',
      'service.yml:4:17',
      'service.yml:5:29',
      'service.yml:5:50',
    ])
  })
})

describe('circles', () => {
  const stacks = (length: number, next: (index: number) => number) =>
    `${aService}stacks:\n${Array.from({ length }, (_, index) => `  s${index}: { inputs: { A: s${next(index)}.B } }`).join('\n')}`

  test('of any length are found, and printed short', () => {
    const [problem, ...others] = parseService(
      stacks(5000, (index) => (index + 1) % 5000),
      'service.yml',
    ).problems
    expect(problem?.message).toBe(
      'stacks refer to each other in a circle: s0 → s1 → s2 → s3 → s4 → s5 → s6 → s7 → s8 → s9 → … → s4999 → s0',
    )
    expect(others).toEqual([])
  })

  test('are not seen in a chain, however long', () => {
    expect(problemsOf(stacks(12_000, (index) => index + 1))).toEqual([])
  })

  test('are told ten at most', () => {
    expect(problemsOf(stacks(50, (index) => index))).toHaveLength(10)
  })

  test('may share their stacks', () => {
    const text = `${aService}stacks: { a: { inputs: { B: b.X, C: c.X } }, b: { inputs: { A: a.X } }, c: { inputs: { B: b.X, A: a.X } } }`
    expect(parseService(text, 'service.yml').problems.map(({ message }) => message.split(': ')[1])).toEqual(['a → c → a', 'a → c → b → a'])
  })
})

describe('what is no descriptor at all', () => {
  const wanted = 'expected a map with the keys service, owner, blueprint, platform and environments'
  test.each([
    ['an empty file', '', `1:1: the file is empty (${wanted})`],
    ['comments only', '# service.yml\n', `1:1: the file is empty (${wanted})`],
    ['an empty document', '---\n', `1:1: the file is empty (${wanted})`],
    ['null', 'null', `1:1: the file is empty (${wanted})`],
    ['text', 'hello', `1:1: ${wanted}, got 'hello'`],
    ['a list', '- hello', `1:1: ${wanted}, got a list`],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual([`service.yml:${expected}`])
  })

  test.each([
    ['broken YAML', 'service: [a\nowner: b\n'],
    ['broken JSON', '{"service": }'],
    ['NUL', 'service: \u0000'],
    ['a key twice', `${aService}owner: other\n`],
    ['a tag', aService.replace('logistics', '!Ref logistics')],
  ])('%s is a problem with a place', (_, text) => {
    const { service, problems } = parseService(text, 'service.yml')
    expect(service).toBeUndefined()
    expect(problems.length).toBeGreaterThan(0)
    for (const { line, column } of problems) expect([line > 0, column > 0]).toEqual([true, true])
  })

  test('bytes that are no UTF-8', () => {
    const { service, problems } = parseService(Uint8Array.of(0x73, 0xff, 0xfe), 'service.yml')
    expect(service).toBeUndefined()
    expect(problems).toHaveLength(1)
  })

  test('no junk makes it throw, or be silent', () => {
    const junk = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.uint8Array(),
      fc
        .array(
          fc.constantFrom(
            ...aService.split('\n'),
            'stacks:',
            '  a:',
            '    inputs: { A: b.C }',
            '- x',
            '__proto__: 1',
            '&a [*a]',
            '? [x]',
            '<<: *a',
            '{',
            '!!set',
          ),
          { maxLength: 12 },
        )
        .map((some) => some.join('\n')),
    )
    fc.assert(
      fc.property(junk, (text) => {
        const { service, problems } = parseService(text, 'service.yml')
        return (service === undefined) !== (problems.length === 0)
      }),
      { numRuns: 500 },
    )
  })

  test('no change to a sound descriptor makes it throw, or be silent', () => {
    const cut = fc.tuple(fc.nat(wholeService.length), fc.nat(8), fc.string({ maxLength: 4, unit: 'binary' }))
    fc.assert(
      fc.property(cut, ([at, gone, put]) => {
        const { service, problems } = parseService(wholeService.slice(0, at) + put + wholeService.slice(at + gone), 'service.yml')
        return (service === undefined) !== (problems.length === 0)
      }),
      { numRuns: 500 },
    )
  })
})

describe('keys that this version cannot do yet', () => {
  test('are named, each at its place', () => {
    expect(parseService(wholeService, 'service.yml').unsupported.map(shown)).toEqual([
      "service.yml:16:1: 'checks' is not supported by this version of towpath (remove it, or use a version that has it)",
      "service.yml:18:1: 'rollback' is not supported by this version of towpath (remove it, or use a version that has it)",
    ])
  })

  test('are the only ones: tags and names are supported', () => {
    expect(parseService(`${aService}tags: { a: b }\nstacks: { a: { name: b } }`, 'service.yml').unsupported).toEqual([])
  })
})

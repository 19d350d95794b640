import { describe, expect, test } from '@jest/globals'
import type { DeclaredInputs } from '../../src/commands/command.ts'
import type { TowpathError } from '../../src/errors.ts'
import { type Arguments, readArguments, wantsJson } from '../../src/hosts/arguments.ts'

const inputs: DeclaredInputs = {
  path: { kind: 'folder', default: '.', description: 'The folder.' },
  out: { kind: 'file', description: 'A file.' },
  bucket: { kind: 'string', required: true, env: 'TOWPATH_BUCKET', description: 'The bucket.' },
  environment: { kind: 'string', required: true, description: 'The environment.' },
  timeout: { kind: 'duration', default: '60m', description: 'How long.' },
  consent: { kind: 'strings', description: 'What for.' },
  outcome: { kind: 'enum', values: ['succeeded', 'failed'], description: 'How it ended.' },
  verify: { kind: 'boolean', description: 'Whether.' },
}

function read(argv: readonly string[], variables: Readonly<Record<string, string>> = {}): Arguments {
  return readArguments('deploy', inputs, argv, { cwd: '/work', env: (name) => variables[name] })
}

function refusal(argv: readonly string[], variables?: Readonly<Record<string, string>>): TowpathError | undefined {
  try {
    read(argv, variables)
    return undefined
  } catch (error) {
    return error as TowpathError
  }
}

const enough = ['--bucket', 'acme', '--environment', 'staging']

describe('flags are read', () => {
  test('with a value each, as the declaration says', () => {
    expect(read([...enough, '--timeout', '90m', '--consent', 'a.B', '--verify']).values).toEqual({
      path: '/work',
      bucket: 'acme',
      environment: 'staging',
      timeout: 5_400_000,
      consent: ['a.B'],
      verify: true,
    })
  })

  test('as one of the words that there are', () => {
    expect(read([...enough, '--outcome', 'failed']).values.outcome).toBe('failed')
  })

  test('with the value behind an equals sign', () => {
    expect(read(['--bucket=acme', '--environment=staging', '--timeout=2h']).values).toMatchObject({ bucket: 'acme', timeout: 7_200_000 })
  })

  test.each([
    ['services/delivery', '/work/services/delivery'],
    ['../elsewhere', '/elsewhere'],
    ['/absolute', '/absolute'],
    ['.', '/work'],
  ])('folders relative to the working directory: %s', (given, expected) => {
    expect(read([...enough, '--path', given]).values.path).toBe(expected)
  })

  test('again and again where they are repeatable', () => {
    expect(read([...enough, '--consent', 'a.B', '--consent=c.D']).values.consent).toEqual(['a.B', 'c.D'])
  })

  test('from the environment where they name a variable, which a flag outweighs', () => {
    const variables = { TOWPATH_BUCKET: 'of-the-variable' }
    expect(read(['--environment', 'x'], variables).values.bucket).toBe('of-the-variable')
    expect(read(['--environment', 'x', '--bucket', 'of-the-flag'], variables).values.bucket).toBe('of-the-flag')
  })

  test('as absent where they have neither value nor default', () => {
    expect(read(enough).values).not.toHaveProperty('out')
  })

  test('with a region, which every verb takes', () => {
    expect(read([...enough, '--region', 'eu-west-1']).region).toBe('eu-west-1')
  })

  test('with values that begin with a hyphen', () => {
    expect(read(['--bucket', '-', '--environment=--odd']).values).toMatchObject({ bucket: '-', environment: '--odd' })
  })

  test.each(['--help', '-h'])('%s asks for help, whatever is missing', (flag) => {
    expect(read([flag, '--timeout', 'soon'])).toMatchObject({ help: true })
  })

  test('--json is seen however wrong the rest is', () => {
    expect(wantsJson(['--nonsense', '--json'])).toBe(true)
    expect(wantsJson(['--nonsense'])).toBe(false)
  })
})

describe('flags are refused', () => {
  test.each<[string, readonly string[], string, string]>([
    [
      'that nobody knows, with the nearest',
      [...enough, '--enviroment', 'x'],
      "deploy has no flag '--enviroment'",
      "did you mean '--environment'?",
    ],
    ['that nobody knows, and none is near', [...enough, '--frobnicate'], "deploy has no flag '--frobnicate'", 'see towpath deploy --help'],
    ['that are short', [...enough, '-e', 'x'], "deploy has no flag '-e'", 'see towpath deploy --help'],
    ['that are of a prototype', [...enough, '--constructor'], "deploy has no flag '--constructor'", 'see towpath deploy --help'],
    ['called __proto__', [...enough, '--__proto__=x'], "deploy has no flag '--__proto__'", 'see towpath deploy --help'],
    ['without their value', ['--environment', 'x', '--bucket'], '--bucket needs a value', 'see towpath deploy --help'],
    ['whose value is the next flag', ['--bucket', '--environment', 'x'], '--bucket needs a value', 'see towpath deploy --help'],
    ['with an empty value', [...enough, '--path='], '--path needs a value', 'see towpath deploy --help'],
    ['with an empty value that is repeatable', [...enough, '--consent', ''], '--consent needs a value', 'see towpath deploy --help'],
    ['with an empty region', [...enough, '--region', ''], '--region needs a value', 'see towpath deploy --help'],
    ['with a value they do not take', [...enough, '--verify=no'], "--verify takes no value, not 'no'", "leave 'no' out"],
    ['given twice', [...enough, '--environment', 'production'], "--environment is given twice: 'staging' and 'production'", 'give it once'],
    [
      'that are no duration',
      [...enough, '--timeout', 'soon'],
      "--timeout is no duration: 'soon'",
      'write it like 90s, 30m or 1h30m; see towpath deploy --help',
    ],
    [
      'that are none of the words',
      [...enough, '--outcome', 'succeded'],
      "--outcome cannot be 'succeded'",
      "did you mean 'succeeded'?\nsee towpath deploy --help",
    ],
    [
      'that are near none of the words',
      [...enough, '--outcome', 'green'],
      "--outcome cannot be 'green'",
      "there are 'failed', 'succeeded'; see towpath deploy --help",
    ],
    ['that are no flags', [...enough, 'staging'], "deploy takes no argument 'staging'", 'give it by a flag; see towpath deploy --help'],
    [
      'behind a bare --',
      [...enough, '--', '--verify'],
      "deploy takes no argument '--verify'",
      'give it by a flag; see towpath deploy --help',
    ],
  ])('%s', (_, argv, message, hint) => {
    expect(refusal(argv)).toMatchObject({ code: 'bad-input', message, hint })
  })

  test('that are missing, all in one message, with their variables', () => {
    expect(refusal([])).toMatchObject({ message: 'deploy needs --bucket (or TOWPATH_BUCKET) and --environment' })
  })

  test('where the variable is empty, as if it were not set', () => {
    expect(refusal(['--environment', 'x'], { TOWPATH_BUCKET: '' })).toMatchObject({ message: 'deploy needs --bucket (or TOWPATH_BUCKET)' })
  })

  test('canary: what is enough is not refused', () => {
    expect(refusal(enough)).toBeUndefined()
  })
})

describe('whom to act as, and in which account alone,', () => {
  test.each<[string, readonly string[], Record<string, string>, string | undefined, string | undefined]>([
    ['is not said', [], {}, undefined, undefined],
    ['is said by flags', ['--role', 'deploy', '--account', '000000000001'], {}, 'deploy', '000000000001'],
    ['is said by variables', [], { TOWPATH_ROLE: 'deploy', TOWPATH_ACCOUNT: '000000000001' }, 'deploy', '000000000001'],
    ['is said by a flag before a variable', ['--role', 'plan'], { TOWPATH_ROLE: 'deploy' }, 'plan', undefined],
    ['is not said by empty variables', [], { TOWPATH_ROLE: '', TOWPATH_ACCOUNT: '' }, undefined, undefined],
  ])('%s', (_, argv, variables, role, account) => {
    expect(read([...enough, ...argv], variables)).toMatchObject({ role, account })
  })
})

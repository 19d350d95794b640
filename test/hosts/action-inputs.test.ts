import { describe, expect, test } from '@jest/globals'
import type { DeclaredInputs } from '../../src/commands/command.ts'
import { TowpathError } from '../../src/errors.ts'
import { inputVariable, readInputs, secretLines } from '../../src/hosts/action-inputs.ts'
import { variablesOf } from '../actions/world.ts'

const inputs: DeclaredInputs = {
  path: { kind: 'folder', default: '.', description: '' },
  plan: { kind: 'file', description: '' },
  environment: { kind: 'string', required: true, description: '' },
  bucket: { kind: 'string', required: true, env: 'TOWPATH_BUCKET', description: '' },
  outcome: { kind: 'enum', values: ['succeeded', 'failed'], description: '' },
  wait: { kind: 'duration', default: '30m', description: '' },
  consent: { kind: 'strings', description: '' },
  'dry-run': { kind: 'boolean', description: '' },
  password: { kind: 'string', secret: true, description: '' },
}
const needed = { environment: 'staging', bucket: 'acme' }

function read(given: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}): ReturnType<typeof readInputs> {
  return readInputs('deploy', inputs, { workspace: '/work', variables: { ...variablesOf(given), ...variables } })
}

function refusal(given: Readonly<Record<string, string>>, variables?: Readonly<Record<string, string>>): TowpathError {
  try {
    read(given, variables)
  } catch (error) {
    if (error instanceof TowpathError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('the inputs of an action', () => {
  test.each([
    ['dry-run', 'INPUT_DRY-RUN'],
    ['a name', 'INPUT_A_NAME'],
    ['path', 'INPUT_PATH'],
  ])('%s is in %s', (name, variable) => {
    expect(inputVariable(name)).toBe(variable)
  })

  test('have the defaults of the declaration', () => {
    expect(read(needed).values).toEqual({
      path: '/work',
      environment: 'staging',
      bucket: 'acme',
      wait: 1_800_000,
      consent: [],
      'dry-run': false,
    })
  })

  test('are not given if they are empty', () => {
    const empty = { path: '', plan: ' ', wait: '', consent: '\n', 'dry-run': '', region: '' }
    expect(read({ ...needed, ...empty })).toEqual(read(needed))
  })

  test.each([
    ['path', 'service', '/work/service'],
    ['path', '/elsewhere', '/elsewhere'],
    ['plan', './plan.json', '/work/plan.json'],
    ['environment', ' staging\n', 'staging'],
    ['wait', '1h30m', 5_400_000],
    ['consent', ' data.Table\r\n\n web.Queue \n', ['data.Table', 'web.Queue']],
    ['dry-run', 'true', true],
    ['dry-run', 'True', true],
    ['dry-run', 'TRUE', true],
    ['dry-run', 'False', false],
  ])('%s: %j is read', (name, text, value) => {
    expect(read({ ...needed, [name]: text }).values[name]).toEqual(value)
  })

  test.each(['yes', '1', 'on', 'tRUE', 'true false'])('%j is no boolean', (text) => {
    expect(refusal({ ...needed, 'dry-run': text })).toMatchObject({
      code: 'bad-input',
      message: `input 'dry-run' is neither true nor false: '${text}'`,
    })
  })

  test('may come from the variable that the declaration names, which an input outweighs', () => {
    expect(read({ environment: 'staging' }, { TOWPATH_BUCKET: 'theirs' }).values.bucket).toBe('theirs')
    expect(read({ environment: 'staging', bucket: '' }, { TOWPATH_BUCKET: 'theirs' }).values.bucket).toBe('theirs')
    expect(read(needed, { TOWPATH_BUCKET: 'theirs' }).values.bucket).toBe('acme')
  })

  test('have a region beside those of the verb', () => {
    expect(read({ ...needed, region: 'eu-west-1' }).region).toBe('eu-west-1')
    expect(read(needed).region).toBeUndefined()
  })

  test('that nobody declared are refused with the nearest name, though they be empty', () => {
    expect(refusal({ ...needed, consnt: '' })).toMatchObject({ message: "deploy has no input 'consnt'", hint: "did you mean 'consent'?" })
  })

  test('are one of the words that there are, or refused with the nearest', () => {
    expect(read({ ...needed, outcome: 'failed' }).values.outcome).toBe('failed')
    expect(refusal({ ...needed, outcome: 'succeded' })).toMatchObject({
      message: "input 'outcome' cannot be 'succeded'",
      hint: "did you mean 'succeeded'?",
    })
  })

  test('are refused all at once', () => {
    const { message, hint } = refusal({ wait: 'soon', 'dry-run': 'yes', 'dry run': 'true' })
    expect(message).toBe(
      "5 inputs of deploy are wrong: deploy has no input 'dry_run'; input 'environment' is needed; input 'bucket' is needed; " +
        "input 'wait' is no duration: 'soon'; input 'dry-run' is neither true nor false: 'yes'",
    )
    expect(hint?.split('\n')).toEqual([
      "dry_run: did you mean 'dry-run'?",
      "environment: give it under 'with'",
      "bucket: give it under 'with', or the environment variable TOWPATH_BUCKET",
      'wait: write it like 90s, 30m or 1h30m',
      'dry-run: write true or false',
    ])
  })
})

describe('the token of GitHub', () => {
  test('is an input of every action, and of no verb', () => {
    expect(read({ ...needed, 'github-token': ' ghs_1 ' })).toMatchObject({ githubToken: 'ghs_1', values: { environment: 'staging' } })
    expect(read({ ...needed, 'github-token': 'ghs_1' }).values).not.toHaveProperty('github-token')
  })

  test('that is given as nothing is none, whatever the environment holds', () => {
    expect(read({ ...needed, 'github-token': '' }, { GITHUB_TOKEN: 'ghs_2' }).githubToken).toBeUndefined()
  })
})

describe('a secret', () => {
  test('is hidden line by line, but for lines so short that hiding them would garble the log', () => {
    const secret = '-----BEGIN KEY-----\n  indented line\nabc\r\nlast\r\n-----END KEY-----\n'
    expect(secretLines(inputs, { INPUT_PASSWORD: secret })).toEqual([
      '-----BEGIN KEY-----',
      '  indented line',
      'indented line',
      'last',
      '-----END KEY-----',
    ])
  })

  test('that every action takes is hidden too: the token of GitHub', () => {
    expect(secretLines(inputs, variablesOf({ 'github-token': 'ghs_0123456789' }))).toEqual(['ghs_0123456789'])
  })

  test('of an input that is not declared as one is not hidden', () => {
    expect(secretLines(inputs, variablesOf({ environment: 'production' }))).toEqual([])
  })
})

describe('whom to act as, and in which account alone,', () => {
  test.each<[string, Record<string, string>, Record<string, string>, string | undefined, string | undefined]>([
    ['is not said', {}, {}, undefined, undefined],
    ['is said by inputs', { role: ' deploy ', account: '000000000001' }, {}, 'deploy', '000000000001'],
    ['is said by variables', { role: '' }, { TOWPATH_ROLE: 'deploy', TOWPATH_ACCOUNT: '000000000001' }, 'deploy', '000000000001'],
    ['is said by an input before a variable', { role: 'plan' }, { TOWPATH_ROLE: 'deploy' }, 'plan', undefined],
  ])('%s', (_, given, variables, role, account) => {
    expect(read({ ...needed, ...given }, variables)).toMatchObject({ role, account })
  })
})

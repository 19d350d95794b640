import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../src/errors.ts'
import { accountOfRole, isActingAs, nameOfRole, readActing } from '../src/role.ts'

const one = '000000000001'
const arn = `arn:aws:iam::${one}:role/towpath-staging-deploy`
const read = (role: string | undefined, account?: string, region?: string) => readActing({ role, account }, region)
function refusal(role: string | undefined, account?: string): string {
  try {
    read(role, account)
  } catch (error) {
    if (error instanceof TowpathError) return `${error.code}: ${error.message}`
  }
  throw new Error('it was not refused')
}

describe('whom to act as is', () => {
  test.each<[string, string | undefined, string | undefined, string | undefined, string | undefined]>([
    ['nobody else', undefined, undefined, undefined, undefined],
    ['nobody else, in one account alone', undefined, one, undefined, undefined],
    ['a role by its ARN', arn, undefined, undefined, arn],
    ['a role by its ARN, which is in the account allowed', arn, one, undefined, arn],
    ['a role by its name', 'towpath-staging-deploy', one, 'eu-west-1', arn],
    ['a role by its name and path', 'team/deploy', one, undefined, `arn:aws:iam::${one}:role/team/deploy`],
    ['a role in China', 'deploy', one, 'cn-north-1', `arn:aws-cn:iam::${one}:role/deploy`],
    ['a role in GovCloud', 'deploy', one, 'us-gov-west-1', `arn:aws-us-gov:iam::${one}:role/deploy`],
    ['a role in an isolated region', 'deploy', one, 'us-isob-east-1', `arn:aws-iso-b:iam::${one}:role/deploy`],
  ])('%s', (_, role, account, region, expected) => {
    expect(read(role, account, region)).toEqual({ role: expected, account })
  })

  test.each([
    ['12345', undefined, "bad-input: '12345' is no AWS account"],
    ['0000000000011', undefined, "bad-input: '0000000000011' is no AWS account"],
    ['000000000002', arn, `bad-input: role '${arn}' is of account ${one}, and only account 000000000002 is allowed`],
    [undefined, 'deploy', "bad-input: role 'deploy' is given by its name, which needs the account that it is in"],
    [one, 'two words', "bad-input: 'two words' is no role"],
    [one, `arn:aws:iam::${one}:user/somebody`, `bad-input: 'arn:aws:iam::${one}:user/somebody' is no role`],
    [one, 'arn:aws:iam::1:role/x', "bad-input: 'arn:aws:iam::1:role/x' is no role"],
    [one, 'x'.repeat(65), `bad-input: '${'x'.repeat(65)}' is no role`],
  ])('nobody, for account %s and role %s', (account, role, expected) => {
    expect(refusal(role, account)).toBe(expected)
  })
})

describe('a caller', () => {
  const session = (account: string, name: string) => `arn:aws:sts::${account}:assumed-role/${name}/acme-delivery@1.1`
  test.each<[string, string, string, boolean]>([
    ['acts as a role by a session of it', session(one, 'towpath-staging-deploy'), arn, true],
    ['acts as a role with a path, which its own ARN has not', session(one, 'deploy'), `arn:aws:iam::${one}:role/team/deploy`, true],
    ['of another account does not', session('000000000002', 'towpath-staging-deploy'), arn, false],
    ['of another role does not', session(one, 'towpath-staging-plan'), arn, false],
    ['whose role only begins like it does not', session(one, 'towpath-staging-deploy2'), arn, false],
    ['that is a user does not', `arn:aws:iam::${one}:user/towpath-staging-deploy`, arn, false],
    ['is none of a role that is no ARN', session(one, 'deploy'), 'deploy', false],
  ])('%s', (_, caller, role, expected) => {
    expect(isActingAs(caller, role)).toBe(expected)
  })
})

test('a role is told by its name, and belongs to an account', () => {
  expect([accountOfRole(arn), nameOfRole(arn), accountOfRole('deploy'), nameOfRole('deploy')]).toEqual([
    one,
    'towpath-staging-deploy',
    undefined,
    'deploy',
  ])
})

import { describe, expect, test } from '@jest/globals'
import { iamIdentityProviders } from '../../../src/adapters/aws/iam.ts'
import { withAws } from '../../support/aws.ts'
import { fakeIdentityProviders } from '../../world/identity-providers.ts'

const aws = withAws()
const account = '000000000000'
const url = 'https://tokens.example'
const arn = `arn:aws:iam::${account}:oidc-provider/tokens.example`

describe.each([
  ['of the local AWS', () => iamIdentityProviders({ region: aws.region, environment: aws.environment(account) })],
  ['in memory', () => fakeIdentityProviders(account)],
])('identity providers %s', (_, make) => {
  test('are found once they are made, and made once', async () => {
    const providers = make()
    expect(await providers.find(arn)).toBeUndefined()
    expect(await providers.create(url, 'sts.amazonaws.com')).toBe('created')
    expect(await providers.find(arn)).toEqual({ arn, audiences: ['sts.amazonaws.com'] })
    expect(await providers.create(url, 'another')).toBe('exists')
    expect(await providers.find(arn)).toEqual({ arn, audiences: ['sts.amazonaws.com'] })
  })
})

import { expect, test } from '@jest/globals'
import { identity } from '../../../src/adapters/aws/sts.ts'
import { withAws } from '../../support/aws.ts'

const aws = withAws()

test('the caller is who the emulator says', async () => {
  const account = aws.account()
  expect(await identity({ environment: aws.environment(account) })).toEqual({ account, arn: `arn:aws:iam::${account}:root` })
})

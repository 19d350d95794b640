import { randomBytes } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { cloudFormationStacks } from '../../../src/adapters/aws/cloudformation.ts'
import { s3Objects } from '../../../src/adapters/aws/s3.ts'
import type { Clock } from '../../../src/clock.ts'
import { stacksContract } from '../../stack/stacks.contract.ts'
import { withAws } from '../../support/aws.ts'

const aws = withAws()

const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 20))),
}

stacksContract('on the emulator', async () => {
  const account = aws.account()
  const environment = aws.environment(account)
  return {
    clock,
    stacks: cloudFormationStacks(aws.region, { environment }),
    name: () => `contract-${randomBytes(6).toString('hex')}`,
    upload: async (template) => {
      const bucket = `templates-${randomBytes(6).toString('hex')}`
      await new S3Client({ ...aws.client(account), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }))
      const objects = await s3Objects(bucket, { environment, region: aws.region })
      await objects.create('template.json', Buffer.from(template))
      return objects.url('template.json')
    },
  }
})

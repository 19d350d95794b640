import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudFormationClient, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { cloudFormationStacks } from '../../../src/adapters/aws/cloudformation.ts'
import { s3Objects } from '../../../src/adapters/aws/s3.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { stacksContract } from '../../stack/stacks.contract.ts'
import { withAws } from '../../support/aws.ts'

const aws = withAws()
/** A bucket of a real account, whose stacks the contract may then try too; in the region of AWS_REGION. */
const real = process.env.TOWPATH_TEST_BUCKET

const name = () => `contract-${randomBytes(6).toString('hex')}`
/** @param longest Milliseconds: what answers at once need not be asked every half second. */
const clock = (longest: number): Clock => ({
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => sleep(Math.min(milliseconds, longest)),
})
const unprotect = (client: CloudFormationClient) => async (StackName: string) => {
  await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }))
}

stacksContract('on the emulator', async () => {
  const account = aws.account()
  const environment = aws.environment(account)
  return {
    clock: clock(20),
    stacks: cloudFormationStacks(aws.region, { environment }),
    unprotect: unprotect(new CloudFormationClient(aws.client(account))),
    name,
    upload: async (template) => {
      const bucket = name()
      await new S3Client({ ...aws.client(account), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }))
      const objects = await s3Objects(bucket, { environment, region: aws.region })
      await objects.create('template.json', Buffer.from(template))
      return objects.url('template.json')
    },
  }
})

if (real !== undefined) {
  const region = process.env.AWS_REGION ?? 'eu-west-1'
  const ground = async () => ({
    clock: clock(5_000),
    stacks: cloudFormationStacks(region),
    unprotect: unprotect(new CloudFormationClient({ region })),
    name,
    upload: async (template: string) => {
      const objects = await s3Objects(real, { region })
      // The same bytes each time: one object is left behind, however often this runs.
      await objects.create('contract/template.json', Buffer.from(template))
      return objects.url('contract/template.json')
    },
  })
  stacksContract('on AWS', ground)
}

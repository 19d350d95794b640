import type { Objects } from '../bucket/objects.ts'
import { bootstrapBucket } from '../deployment/bootstrap.ts'
import { TowpathError } from '../errors.ts'
import { command } from './command.ts'
import { bucket } from './common.ts'
import { summaries } from './summaries.ts'

/** How long to wait for the stack, in milliseconds. */
const PATIENCE = 900_000

export default command({
  name: 'bootstrap',
  summary: summaries.bootstrap,
  inputs: { bucket: { ...bucket, description: 'The name of the platform bucket to make.' } },
  outputs: {
    bucket: { kind: 'string', description: "The bucket's name." },
    created: { kind: 'boolean', description: 'False if it was there and up to date.' },
  },
  examples: ['bootstrap --bucket acme-towpath --region eu-west-1'],
  async run({ bucket }, world) {
    const region = world.region
    if (region === undefined) throw new TowpathError('bad-input', 'no region', { hint: 'give --region or set AWS_REGION' })
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
      throw new TowpathError('bad-input', `'${bucket}' is no name for a bucket`, {
        hint: '3 to 63 lower case letters, digits, dots and hyphens',
      })
    const exists = await isThere(await world.objects(bucket, region))
    const patience = { clock: world.clock, until: world.clock.monotonic() + PATIENCE, signal: world.interrupted }
    const created = await bootstrapBucket(
      { stacks: await world.stacks(region), log: world.log, random: (bytes) => world.random(bytes), patience },
      bucket,
      exists,
    )
    return { bucket, created }
  },
  text: ({ bucket, created }) =>
    created ? `bucket ${bucket} is ready: versioned, encrypted, TLS only` : `bucket ${bucket} was ready already`,
})

async function isThere(objects: Objects): Promise<boolean> {
  try {
    await objects.list('platform/')
    return true
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error
    if (error.code === 'not-found') return false
    if (error.code !== 'denied') throw error
    throw new TowpathError('conflict', `bucket '${objects.bucket}' exists, and these credentials may not look into it`, {
      hint: 'choose another name if it is of another account, or allow s3:ListBucket to the role or user that runs this',
      cause: error,
    })
  }
}

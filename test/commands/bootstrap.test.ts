import { describe, expect, test } from '@jest/globals'
import type { TowpathError } from '../../src/errors.ts'
import type { FakeStacks } from '../world/cloudformation.ts'
import { anAccount } from './account.ts'

const refused = (run: Promise<unknown>): Promise<TowpathError | undefined> =>
  run.then(
    () => undefined,
    (error: TowpathError) => error,
  )

const stackOf = (cloud: FakeStacks) => cloud.stack('towpath-acme-towpath')

describe('bootstrap', () => {
  test('makes the stack that holds the bucket, and protects it', async () => {
    const { cloud, run } = anAccount()
    expect(await run()).toMatchObject({ bucket: 'acme-towpath', created: true, roles: {} })
    expect(stackOf(cloud)).toMatchObject({ status: 'CREATE_COMPLETE', terminationProtection: true, outputs: { Bucket: 'acme-towpath' } })
  })

  test('done again does nothing', async () => {
    const { cloud, run } = anAccount()
    await run()
    const before = cloud.history('towpath-acme-towpath').length
    expect(await run()).toMatchObject({ bucket: 'acme-towpath', created: false, changes: [] })
    expect(cloud.history('towpath-acme-towpath')).toHaveLength(before)
    expect(await cloud.as('x').listChangeSets('towpath-acme-towpath')).toHaveLength(1)
  })

  test('puts the protection back that somebody took away', async () => {
    const { cloud, run } = anAccount()
    await run()
    cloud.guard('towpath-acme-towpath', false)
    await run()
    expect(stackOf(cloud)).toMatchObject({ terminationProtection: true })
  })

  test('makes a bucket that is versioned, encrypted, closed to the public, open to TLS only, and kept', async () => {
    const { cloud, run } = anAccount()
    await run()
    const [bucket] = cloud.resources('towpath-acme-towpath').filter(({ type }) => type === 'AWS::S3::Bucket')
    expect(bucket?.properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    })
    cloud.guard('towpath-acme-towpath', false)
    cloud.vanish('towpath-acme-towpath')
    expect(cloud.existing('AWS::S3::Bucket')).toEqual(['acme-towpath'])
  })

  test('tells why a creation failed, and what to do about what it left', async () => {
    const { cloud, run } = anAccount()
    cloud.failing('TlsOnly', 'no policy today')
    expect(await refused(run())).toMatchObject({ code: 'failed', message: expect.stringContaining('no policy today') })
    expect(await refused(run())).toMatchObject({
      code: 'failed',
      message: 'stack towpath-acme-towpath is ROLLBACK_COMPLETE',
      hint: expect.stringContaining('delete'),
    })
  })

  test('leaves a bucket alone that is not in a stack of ours', async () => {
    const { cloud, run } = anAccount({ foreign: true })
    expect(await refused(run())).toMatchObject({ code: 'conflict', message: "bucket 'acme-towpath' exists and is not in a stack of ours" })
    expect(cloud.count('createChangeSet')).toBe(0)
  })

  test('leaves a bucket alone that it may not look into', async () => {
    const { cloud, run } = anAccount({ denied: true })
    expect(await refused(run())).toMatchObject({
      code: 'conflict',
      message: "bucket 'acme-towpath' exists, and these credentials may not look into it",
    })
    expect(cloud.count('createChangeSet')).toBe(0)
  })

  test.each(['Acme', 'ab', 'a_b', '-acme', 'acme-', 'a'.repeat(64), ''])('takes no name such as %j', async (name) => {
    const { cloud, run } = anAccount()
    expect(await refused(run({ bucket: name }))).toMatchObject({ code: 'bad-input', message: `'${name}' is no name for a bucket` })
    expect(cloud.requests).toEqual([])
  })

  test('without a region says so', async () => {
    const { run } = anAccount({ region: null })
    expect(await refused(run())).toMatchObject({ code: 'bad-input', message: 'no region', hint: 'give --region or set AWS_REGION' })
  })
})

import { expect, test } from '@jest/globals'
import { bucketResources, LARGER_THAN_HEADS, platformBucketIds } from '../../src/platform/bucket-template.ts'
import { plantHistory } from '../world/history.ts'
import { account } from '../world/towpath.ts'

test('§4.17: old versions under deployments/ expire of heads alone, which are smaller than anything else there', async () => {
  const sizes: Record<string, number> = {}
  await plantHistory({ service: 'a', environment: 'b', count: 3 }, (key, bytes) => {
    sizes[key] = bytes.byteLength
  })
  const head = JSON.stringify({ deployment: 99_999_999, record: `sha256:${'0'.repeat(64)}`, schema: 'towpath/head@1' })
  expect(head.length).toBeLessThan(LARGER_THAN_HEADS)
  for (const [key, size] of Object.entries(sizes))
    expect({ key, small: size < LARGER_THAN_HEADS }).toEqual({ key, small: key.endsWith('/head.json') })
  const resources = bucketResources({ partition: 'aws', account, region: 'eu-west-1' } as never, 'acme', platformBucketIds)
  const rules = JSON.parse(JSON.stringify(resources[platformBucketIds.bucket])).Properties.LifecycleConfiguration.Rules as readonly Record<
    string,
    unknown
  >[]
  const touching = rules.filter(({ Prefix }) => Prefix === undefined || 'deployments/a/b/'.startsWith(String(Prefix)))
  expect(touching.filter((rule) => 'NoncurrentVersionExpiration' in rule)).toEqual([
    expect.objectContaining({ Prefix: 'deployments/', ObjectSizeLessThan: String(LARGER_THAN_HEADS) }),
  ])
})

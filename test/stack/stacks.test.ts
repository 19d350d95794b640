import type { ETag, Objects } from '../../src/bucket/objects.ts'
import { virtualClock } from '../world/clock.ts'
import { fakeStacks } from '../world/cloudformation.ts'
import { stacksContract } from './stacks.contract.ts'

stacksContract('in memory', async () => {
  const clock = virtualClock()
  const stored = new Map<string, Uint8Array>()
  const bucket = 'templates'
  const url = (key: string): string => `https://s3.eu-west-1.amazonaws.com/${bucket}/${key}`
  const objects: Pick<Objects, 'bucket' | 'get' | 'url'> = {
    bucket,
    url,
    get: async (key) => {
      const body = stored.get(key)
      return body && { body, etag: 'any' as ETag, written: 0 }
    },
  }
  let names = 0
  const stacks = fakeStacks({ clock, objects: [objects] })
  return {
    clock,
    stacks,
    unprotect: async (id) => stacks.guard(id, false),
    name: () => `contract-${++names}`,
    upload: async (template) => {
      stored.set('template.json', Buffer.from(template))
      return url('template.json')
    },
  }
})

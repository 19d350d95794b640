import type { Objects } from '../../../src/bucket/objects.ts'
import { invalid } from './refusal.ts'
import { LARGEST_TEMPLATE } from './requests.ts'

/** A bucket as CloudFormation reads it. */
export type Readable = Pick<Objects, 'bucket' | 'get' | 'url'>

/** The text of a template by URL, from one of the buckets that CloudFormation can read. Only an object's own URL will do. */
export async function templateAt(url: string, buckets: readonly Readable[]): Promise<string> {
  for (const objects of buckets) {
    const key = keyIn(url, objects)
    if (key === undefined) continue
    const found = await objects.get(key)
    if (found === undefined || found === 'unchanged') throw invalid('S3 error: The specified key does not exist.')
    if (found.body.byteLength > LARGEST_TEMPLATE) throw invalid(`Template may not exceed ${LARGEST_TEMPLATE} bytes in size.`)
    return Buffer.from(found.body).toString('utf8')
  }
  throw invalid('TemplateURL must be a supported URL.')
}

/** The key of a path-style URL of this bucket; undefined if it is another's. */
function keyIn(url: string, objects: Readable): string | undefined {
  const path = URL.parse(url)?.pathname ?? ''
  const prefix = `/${objects.bucket}/`
  if (!path.startsWith(prefix)) return undefined
  const key = decodeURIComponent(path.slice(prefix.length))
  return objects.url(key) === url ? key : undefined
}

import { putBlob } from '../../bucket/blobs.ts'
import { blobKey } from '../../bucket/keys.ts'
import { digestOf } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import type { NestedTemplate } from '../../release/manifest.ts'
import type { TemplateSource } from '../../stack/stacks.ts'
import type { Sender } from './template.ts'

/** What a request may hold of a template; a longer one goes by URL. Source: CloudFormation quotas. */
const INLINE_BYTES = 51_200
/** What CloudFormation reads by URL. Source: CloudFormation quotas. */
const URL_BYTES = 1_000_000

/**
 * A template as it is sent: nested templates are put into the environment's bucket and named by URL, and so is a template above 51,200
 * bytes (bytes, not characters). Throws 'bad-input' above the service's limit.
 */
export async function templateSource(sender: Sender, stack: string, template: NestedTemplate): Promise<TemplateSource> {
  const text = await withUrls(sender, stack, template)
  const bytes = Buffer.byteLength(text)
  if (bytes <= INLINE_BYTES) return { body: text }
  if (bytes > URL_BYTES)
    throw new TowpathError('bad-input', `the template of stack '${stack}' has ${bytes} bytes, CloudFormation takes ${URL_BYTES}`, {
      hint: 'split the stack, or move parts of it into nested stacks',
    })
  return { url: await publish(sender, text) }
}

/** A template's text as it is sent: nested templates are put into the environment's bucket and named by URL. @param label what messages call its stack */
export async function withUrls(sender: Sender, label: string, template: NestedTemplate): Promise<string> {
  const loaded = await sender.load(template, label)
  const urls = new Map<string, string>()
  for (const [logicalId, child] of Object.entries(template.nested))
    urls.set(logicalId, await publish(sender, await withUrls(sender, `${label}/${logicalId}`, child)))
  return loaded.withUrls(urls)
}

/** Stores a template in the environment's bucket and gives its URL. The name is its content: a URL changes only when the template does. */
async function publish({ blobs, signal }: Sender, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const digest = digestOf(bytes)
  signal.throwIfAborted()
  await putBlob(blobs, bytes, digest)
  return blobs.url(blobKey(digest))
}

import { getText, putBlob } from '../../bucket/blobs.ts'
import { blobKey } from '../../bucket/keys.ts'
import { type Digest, digestOf } from '../../digest.ts'
import { nodeFromJson } from '../../document/from-json.ts'
import type { MapNode } from '../../document/node.ts'
import { TowpathError } from '../../errors.ts'
import type { ManifestStack, NestedTemplate } from '../../release/manifest.ts'
import type { TemplateSource } from '../../stack/stacks.ts'
import { replaceTemplateUrls } from '../../template/nested.ts'
import { writeTemplate } from '../../template/write.ts'
import type { Target } from './target.ts'

/** What a request may hold of a template; beyond it goes by URL. Source: CloudFormation quotas. */
const INLINE_BYTES = 51_200
/** What CloudFormation reads by URL. Source: CloudFormation quotas. */
const URL_BYTES = 1_000_000

/** A stack's merged template, read back from its blob. */
export interface LoadedTemplate {
  readonly root: MapNode
  readonly text: string
}

export async function loadTemplate(target: Target, stack: string, { template }: NestedTemplate): Promise<LoadedTemplate> {
  const unstored = target.unstored.get(template)
  const text = unstored
    ? new TextDecoder().decode(unstored)
    : await getText(target.ledger.objects, template, `the template of stack '${stack}'`)
  const root = nodeFromJson(text, `stack ${stack}`)
  if (root.kind !== 'map') throw new TowpathError('failed', `the template of stack '${stack}' is no map`, { blame: 'service' })
  return { root, text }
}

/**
 * A template as it is sent: nested templates are put into the environment's bucket and named by URL, and so is a template above 51,200
 * bytes (bytes, not characters). Throws 'bad-input' above the service's limit.
 */
export async function templateSource(
  target: Target,
  stack: string,
  loaded: LoadedTemplate,
  { nested }: ManifestStack,
): Promise<TemplateSource> {
  const text = await withUrls(target, stack, loaded, nested)
  const bytes = Buffer.byteLength(text)
  if (bytes <= INLINE_BYTES) return { body: text }
  if (bytes > URL_BYTES)
    throw new TowpathError('bad-input', `the template of stack '${stack}' has ${bytes} bytes, CloudFormation takes ${URL_BYTES}`, {
      hint: 'split the stack, or move parts of it into nested stacks',
    })
  return { url: await publish(target, text) }
}

async function withUrls(
  target: Target,
  stack: string,
  loaded: LoadedTemplate,
  nested: Readonly<Record<string, NestedTemplate>>,
): Promise<string> {
  const urls = new Map<string, string>()
  for (const [logicalId, child] of Object.entries(nested)) {
    const text = await withUrls(target, `${stack}/${logicalId}`, await loadTemplate(target, `${stack}/${logicalId}`, child), child.nested)
    urls.set(logicalId, await publish(target, text))
  }
  return urls.size === 0 ? loaded.text : writeTemplate(replaceTemplateUrls(loaded.root, urls))
}

/** Stores a template in the environment's bucket and gives its URL. The name is its content: a URL changes only when the template does. */
async function publish(target: Target, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const digest: Digest = digestOf(bytes)
  target.patience.signal.throwIfAborted()
  await putBlob(target.blobs, bytes, digest)
  return target.blobs.url(blobKey(digest))
}

import { documentBytes } from '../../bucket/documents.ts'
import { type Digest, digestOf } from '../../digest.ts'
import type { Json } from '../../json.ts'
import type { NestedTemplate } from '../../release/manifest.ts'
import type { StackInRelease } from './stack-in-release.ts'
import type { SentParameters } from './template.ts'

/** What would be applied to one stack: all of it, by digest. @param role the ARN of the role that stacks of the environment are made with */
export function digestOfStack(
  { recipe, tags }: Pick<StackInRelease, 'recipe' | 'tags'>,
  parameters: SentParameters,
  role: string | undefined,
): Digest {
  const { template, nested, capabilities } = recipe
  const parts = {
    template,
    nested: nestedDigests(nested),
    capabilities: [...capabilities].sort(),
    parameters,
    tags,
    // Left out where there is none, so that what was proved before there were roles stays proved.
    ...(role === undefined ? {} : { role }),
  }
  return digestOf(documentBytes(parts))
}

function nestedDigests(nested: Readonly<Record<string, NestedTemplate>>): Json {
  return Object.fromEntries(
    Object.entries(nested).map(([id, child]) => [id, { template: child.template, nested: nestedDigests(child.nested) }]),
  )
}

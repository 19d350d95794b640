import type { Revision } from './rollouts.ts'

/** True if two revisions are the same object in S3. The key says what is in it; pins must agree where both have them. */
export function isSameRevision(one: Revision | undefined, other: Revision | undefined): boolean {
  if (!one || !other || one.bucket !== other.bucket || one.key !== other.key) return false
  return agree(one.version, other.version) && agree(one.etag, other.etag)
}

function agree(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other
}

import { getBlob, putBlob } from '../../bucket/blobs.ts'
import { documentIn } from '../../bucket/documents.ts'
import { blobKey } from '../../bucket/keys.ts'
import type { Objects } from '../../bucket/objects.ts'
import { type Digest, isDigest } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import type { EnvironmentEntry } from '../../platform/release.ts'
import { type Release, shortId } from '../../release/manifest.ts'
import { type Difference, planDifferences, subjectDifferences } from './differences.ts'
import { bytesOfPlan, type PlanDocument } from './document.ts'
import type { Plan } from './plan.ts'

/** A plan that somebody reviewed: nothing else may be applied. */
export interface Reviewed {
  readonly digest: Digest
  readonly document: PlanDocument
}

/** A plan whose digest did not hold what this version compares. */
interface Earlier {
  readonly schema: 'towpath/plan@1'
}

/** How many differences a message names. */
const NAMED = 8

/** Stores what a plan says under its own digest, so that `deploy --plan` finds it. */
export async function storePlan(objects: Objects, { digest, document }: Plan): Promise<void> {
  await putBlob(objects, bytesOfPlan(document), digest)
}

/**
 * Reads the plan of that digest. Throws 'bad-input' if the text is not a digest or names something else, and 'not-found' if no such plan was
 * stored.
 */
export async function readReviewed(objects: Objects, text: string): Promise<Reviewed> {
  if (!isDigest(text))
    throw new TowpathError('bad-input', `'${text}' names no plan`, {
      hint: 'give the digest that towpath plan gave, whole: sha256: and 64 digits',
    })
  if ((await objects.stat(blobKey(text))) === undefined)
    throw new TowpathError('not-found', `no plan ${text} is in bucket '${objects.bucket}'`, {
      hint: 'make one with towpath plan, and give the digest that it gave, and the bucket it was made with',
    })
  const bytes = await getBlob(objects, text, 'the plan')
  if (documentIn<Earlier>(bytes, 'towpath/plan@1'))
    throw new TowpathError('conflict', `plan ${shortId(text)} was made by an earlier version of Towpath`, {
      hint: 'plan again with this version, look at the plan, and give its digest',
    })
  const document = documentIn<PlanDocument>(bytes, 'towpath/plan@2')
  if (document === undefined)
    throw new TowpathError('bad-input', `${text} names no plan, but something else in bucket '${objects.bucket}'`, {
      hint: "give the digest of the plan, not of the release: towpath plan gives it as 'digest'",
    })
  return { digest: text, document }
}

/** Throws 'conflict' if a plan was made for another release or another environment. */
export function requireSubject(reviewed: Reviewed, environment: EnvironmentEntry, release: Release['id']): void {
  const { environment: name, account, region, roles = null } = environment
  const where = { environment: name, account, region, roles: roles && { ...roles } }
  const found = subjectDifferences(reviewed.document, { release, ...where })
  if (found.length > 0) throw refusal(reviewed, found)
}

/**
 * Throws 'conflict' with the differences if a plan does not say what the reviewed plan says.
 * @param fresh its digests leave out what the reviewed plan left open
 */
export function requireReviewed(reviewed: Reviewed, fresh: PlanDocument): void {
  const found = planDifferences(reviewed.document, fresh)
  if (found.length > 0) throw refusal(reviewed, found)
}

function refusal({ digest }: Reviewed, differences: readonly Difference[]): TowpathError {
  const more = differences.length - NAMED
  const listed = [...differences.slice(0, NAMED).map(({ text }) => text), ...(more > 0 ? [`and ${more} more`] : [])]
  return new TowpathError('conflict', `plan ${shortId(digest)} is not what would be applied: ${listed.join('; ')}`, {
    hint: 'nothing was changed; make a new plan, look at it, and give its digest (in a workflow: re-run all jobs, not only the failed ones)',
  })
}

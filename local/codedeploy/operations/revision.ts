import type { RevisionLocation } from '@aws-sdk/client-codedeploy'
import { Refusal } from '../refusal.ts'
import { oneOf } from './given.ts'

/** Whether a revision is there shows only when a host fetches it. */
export function checkRevision(revision: RevisionLocation | undefined): void {
  if (!revision) throw new Refusal('RevisionRequired', 'A revision was not specified.')
  const { revisionType, s3Location } = revision
  oneOf(revisionType, ['S3', 'GitHub', 'String', 'AppSpecContent'], 'InvalidRevision')
  if (revisionType !== 'S3') return
  if (!s3Location?.bucket || !s3Location.key) throw new Refusal('InvalidRevision', 'The revision has no bucket or no key.')
  oneOf(s3Location.bundleType ?? '', ['tar', 'tgz', 'zip', 'YAML', 'JSON'], 'InvalidRevision')
}

import { keyPatterns } from '../bucket/keys.ts'
import type { Json } from '../json.ts'
import { conditionalWrites } from './access/bucket-access.ts'
import { type AccountPlace, bucketArn } from './access/place.ts'
import { deny, policy, policyJson, type Statement } from './access/policy.ts'

/**
 * In bytes. A lifecycle rule knows objects by how their keys begin and by their size: every head is smaller than this, and every record,
 * live entry and segment is larger, which a test holds them to. Source: S3 user guide, "Lifecycle configuration elements".
 */
export const LARGER_THAN_HEADS = 160

/** A bucket and its policy, under the logical ids that they keep for ever: a policy of another id would be deleted after it was made. */
interface Ids {
  readonly bucket: string
  readonly policy: string
}

export const platformBucketIds: Ids = { bucket: 'PlatformBucket', policy: 'TlsOnly' }
export const environmentBucketIds: Ids = { bucket: 'EnvironmentBucket', policy: 'EnvironmentBucketPolicy' }

/**
 * A bucket as Towpath needs it: versioned, encrypted, reached by TLS only, closed to the public, written conditionally, and kept whatever
 * becomes of its stack. What was written by mistake and what only points somewhere expires; blobs, releases and records never do.
 * @param more Statements of its policy beside those that every such bucket has.
 */
export function bucketResources(place: AccountPlace, bucket: string, ids: Ids, more: readonly Statement[] = []): Record<string, Json> {
  return {
    [ids.bucket]: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: bucket,
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: [
            { Id: 'unfinished-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
            expiring('old-locks', keyPatterns.locks(), 1),
            expiring('old-channels', keyPatterns.channels, 90),
            // What is no head under these keys is written once: an old version of it is of something that was deleted or written over.
            {
              Id: 'old-heads',
              Status: 'Enabled',
              Prefix: prefixOf(keyPatterns.deployments()),
              ObjectSizeLessThan: String(LARGER_THAN_HEADS),
              NoncurrentVersionExpiration: { NoncurrentDays: 90 },
            },
          ],
        },
      },
    },
    [ids.policy]: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: ids.bucket },
        PolicyDocument: policyJson(policy([tlsOnly(place, bucket), ...conditionalWrites(place, bucket), ...more])),
      },
    },
  }
}

function tlsOnly(place: AccountPlace, bucket: string): Statement {
  const arn = bucketArn(place, bucket)
  return { ...deny('TlsOnly', ['s3:*'], [arn, `${arn}/*`]), Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }
}

/** What a lifecycle rule takes of a pattern of keys: what comes before its first star. */
function prefixOf(pattern: string): string {
  return pattern.slice(0, pattern.indexOf('*'))
}

function expiring(id: string, pattern: string, days: number): Json {
  return {
    Id: id,
    Status: 'Enabled',
    Prefix: prefixOf(pattern),
    NoncurrentVersionExpiration: { NoncurrentDays: days },
    ExpiredObjectDeleteMarker: true,
  }
}

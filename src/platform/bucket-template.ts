import type { Json } from '../json.ts'

/**
 * The template of the stack that holds the platform bucket: versioned, encrypted, reached by TLS only, closed to the public, and kept
 * whatever becomes of the stack. What was written by mistake and what only points somewhere expires; blobs, releases and records never do.
 */
export function bucketTemplate(bucket: string): Json {
  const arn = { 'Fn::GetAtt': ['PlatformBucket', 'Arn'] }
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The platform bucket of Towpath.',
    Resources: {
      PlatformBucket: {
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
              expiring('old-locks', 'locks/', 1),
              expiring('old-channels', 'platform/channels/', 90),
              // Records are written once, so the only versions that are left behind here are those of heads.
              expiring('old-heads', 'deployments/', 90),
            ],
          },
        },
      },
      TlsOnly: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'PlatformBucket' },
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'TlsOnly',
                Effect: 'Deny',
                Principal: '*',
                Action: 's3:*',
                Resource: [arn, { 'Fn::Join': ['', [arn, '/*']] }],
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
    },
    Outputs: { Bucket: { Value: { Ref: 'PlatformBucket' } } },
  }
}

function expiring(id: string, prefix: string, days: number): Json {
  return {
    Id: id,
    Status: 'Enabled',
    Prefix: prefix,
    NoncurrentVersionExpiration: { NoncurrentDays: days },
    ExpiredObjectDeleteMarker: true,
  }
}

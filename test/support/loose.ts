import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { GetBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3'
import { conditionalSids } from '../../src/platform/access/bucket-access.ts'
import type { Policy } from '../../src/platform/access/policy.ts'
import { issuer } from '../../src/platform/access/trust.ts'
import type { TestAws } from './aws.ts'

/**
 * Takes out of what `bootstrap` made the few things that the local AWS cannot judge, named one by one; they are judged as data elsewhere. It
 * does not fill in S3's conditional keys, has no TLS, and compares only `aud` and `sub` of a token.
 */
export async function loosen(
  aws: TestAws,
  { account, roles, bucket }: { readonly account: string; readonly roles: readonly string[]; readonly bucket: string },
): Promise<void> {
  for (const role of roles) await looseTrust(aws, account, role)
  await looseBucket(aws, bucket)
}

/** The claims that the emulator does not compare. */
const unknownHere = ['repository_id', 'job_workflow_ref', 'environment'].map((claim) => `${issuer}:${claim}`)

/**
 * Takes out of a role's trust the claims that the emulator does not compare. And who asks is to it the session, where AWS names the session's
 * role (IAM user guide, global condition keys, aws:PrincipalArn).
 */
async function looseTrust(aws: TestAws, account: string, RoleName: string): Promise<void> {
  const iam = new IAMClient(aws.client())
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
  const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as Policy
  const Statement = trust.Statement.map((statement) => {
    if (statement.Sid === 'Itself')
      return { ...statement, Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:sts::${account}:assumed-role/${RoleName}/*` } } }
    const wanted = Object.entries(statement.Condition?.StringEquals ?? {}).filter(([key]) => !unknownHere.includes(key))
    return { ...statement, Condition: { StringEquals: Object.fromEntries(wanted) } }
  })
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify({ ...trust, Statement }) }))
}

/** Takes the three statements out of the bucket's policy that ask for conditional writes. */
async function looseBucket(aws: TestAws, bucket: string): Promise<void> {
  const s3 = new S3Client({ ...aws.client(), forcePathStyle: true })
  const { Policy: text = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))
  const document = JSON.parse(text) as Policy
  const Statement = document.Statement.filter(({ Sid }) => !(conditionalSids as readonly string[]).includes(Sid))
  if (document.Statement.length - Statement.length !== conditionalSids.length)
    throw new Error('the policy has not the statements that are taken out')
  // The local AWS has no TLS either.
  const open = Statement.filter(({ Sid }) => Sid !== 'TlsOnly')
  const policy =
    open.length > 0
      ? open
      : [{ Sid: 'None', Effect: 'Deny', Principal: '*', Action: ['s3:PutBucketAcl'], Resource: [`arn:aws:s3:::${bucket}`] }]
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify({ ...document, Statement: policy }) }))
}

import type { Json } from '../json.ts'
import { publishing, type Tenant, tenantAccess } from './access/bucket-access.ts'
import { type AccountPlace, iamArn, publishRole } from './access/place.ts'
import { bucketStackName, tagSession } from './access/stack-access.ts'
import { type Callers, publishTrust } from './access/trust.ts'
import { bucketResources, platformBucketIds } from './bucket-template.ts'
import { roleResource } from './role-resource.ts'

/** A stack that bootstrap makes: ground that everything else stands on. */
export interface BootstrapStack {
  readonly stack: string
  /** By this tag a stack is known as ours; its value says what it holds. */
  readonly tag: readonly [name: string, value: string]
  readonly template: Json
  /** The buckets that the stack makes: none of them may be there before it. */
  readonly buckets: readonly string[]
  /** ARNs by short name. */
  readonly roles: Readonly<Record<string, string>>
}

/** What the platform bucket's stack is made of. Without callers there is no role to publish. */
export interface PlatformStackFacts extends AccountPlace {
  readonly bucket: string
  readonly callers: Callers | undefined
  readonly tenants: readonly Tenant[]
}

/** The stack of the platform bucket, with the role that publishes to it. */
export function platformStack(ground: PlatformStackFacts, remembered: Readonly<Record<string, string>>): BootstrapStack {
  const { bucket, callers, tenants } = ground
  const statements = [...publishing(ground, bucket), tagSession(ground, publishRole)]
  const more = tenants.flatMap((tenant) => tenantAccess(ground, bucket, tenant))
  const publish = callers && roleResource(publishRole, 'Publishes the platform.', publishTrust(ground, callers), statements)
  return {
    stack: bucketStackName(bucket),
    tag: ['towpath:bucket', bucket],
    buckets: [bucket],
    roles: publish ? { publish: iamArn(ground, `role/${publishRole}`) } : {},
    template: {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: 'The platform bucket of Towpath.',
      Resources: { ...bucketResources(ground, bucket, platformBucketIds, more), ...(publish ? { PublishRole: publish } : {}) },
      Outputs: { Bucket: { Value: { Ref: platformBucketIds.bucket } }, ...outputs(remembered) },
    },
  }
}

/** Values as outputs: what a later run finds again. */
export function outputs(values: Readonly<Record<string, string>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { Value: value }]))
}

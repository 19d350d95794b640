import { environmentKey, keyPatterns } from '../../bucket/keys.ts'
import { type AccountPlace, bucketArn, type EnvironmentRole, type Ground, iamArn, objectArns, roleName } from './place.ts'
import { allow, type Conditions, deny, type Statement } from './policy.ts'

/** What a role may do in a bucket, by the patterns of its keys. */
interface Access {
  readonly bucket: string
  readonly read: readonly string[]
  readonly write: readonly string[]
  readonly remove?: readonly string[]
}

/** Publishing: platforms, channels and where environments are. An entry is taken back if another run was faster, hence the deletion. */
export function publishing(place: Pick<AccountPlace, 'partition'>, bucket: string): readonly Statement[] {
  const { platform, environments, blobs, owners } = keyPatterns
  return statementsOf(place, 'Publish', {
    bucket,
    // Owners: a first register must hold every service that there is.
    read: [platform, environments, blobs, owners],
    write: [platform, environments, blobs],
    remove: [environments],
  })
}

/** Releasing, and looking at what was deployed and is under way: what the plan job does. It writes no record and takes no lock. */
function planning({ environment, platformBucket: bucket }: Ground): Access {
  const { platform, blobs, services, owners, releases, deployments, locks } = keyPatterns
  return {
    bucket,
    read: [platform, environmentKey(environment), blobs, services, deployments(environment), locks(environment)],
    write: [blobs, owners, releases],
  }
}

/** Deploying: the log and the locks of one environment, and no other's. */
function deploying({ environment, platformBucket: bucket }: Ground): Access {
  const { blobs, services, deployments, locks, register } = keyPatterns
  return {
    bucket,
    read: [register, environmentKey(environment), blobs, services, deployments(environment), locks(environment)],
    write: [deployments(environment), locks(environment)],
    remove: [locks(environment)],
  }
}

const accessOf: Readonly<Record<Exclude<EnvironmentRole, 'execute'>, (ground: Ground) => Access>> = { plan: planning, deploy: deploying }

/** What a role of an environment may do in the platform bucket, and in the environment's own, which holds copies of blobs. */
export function environmentAccess(ground: Ground, role: keyof typeof accessOf): readonly Statement[] {
  const copies = { bucket: ground.bucket, read: [keyPatterns.blobs], write: [keyPatterns.blobs] }
  return [...statementsOf(ground, 'Platform', accessOf[role](ground)), ...statementsOf(ground, 'Environment', copies)]
}

/** Where an environment of another account is: its roles are let in by the platform bucket's own policy. */
export interface Tenant {
  readonly environment: string
  readonly account: string
}

/**
 * The statements of the platform bucket's policy that let an environment's roles of another account in: the same as their own policies
 * allow, since across accounts both must. A principal that does not exist yet could not be named, hence the condition.
 */
export function tenantAccess(
  place: Pick<AccountPlace, 'partition'>,
  platformBucket: string,
  { environment, account }: Tenant,
): readonly Statement[] {
  const ground: Ground = { ...place, account, region: '', environment, platformBucket, bucket: platformBucket }
  const Principal = { AWS: iamArn(ground, 'root') }
  return (['plan', 'deploy'] as const).flatMap((role) => {
    const Condition: Conditions = { ArnEquals: { 'aws:PrincipalArn': iamArn(ground, `role/${roleName(environment, role)}`) } }
    const prefix = `${title(environment)}${title(role)}`
    return statementsOf(ground, prefix, accessOf[role](ground)).map((statement) => ({ ...statement, Principal, Condition }))
  })
}

/**
 * Listing is not limited to prefixes: S3 asks for it too before it says that a key is not there, and then names no prefix. So a role sees the
 * names of keys that it may not read.
 */
function statementsOf(place: Pick<AccountPlace, 'partition'>, name: string, { bucket, read, write, remove = [] }: Access): Statement[] {
  return [
    allow(`${name}List`, ['s3:ListBucket'], [bucketArn(place, bucket)]),
    allow(`${name}Read`, ['s3:GetObject'], objectArns(place, bucket, read)),
    allow(`${name}Write`, ['s3:PutObject'], objectArns(place, bucket, write)),
    ...(remove.length > 0 ? [allow(`${name}Remove`, ['s3:DeleteObject'], objectArns(place, bucket, remove))] : []),
  ]
}

/** The names of the statements by which a bucket takes conditional writes alone. */
export const conditionalSids = ['CreateOnly', 'ConditionalWrites', 'ConditionalDeletes'] as const

/**
 * What is written once is never written over, pointers only over what was seen, and locks are deleted only by who saw them, whoever it is and
 * whatever their own policies allow. A copy in S3 cannot ask for that, and an upload in parts begins without it: neither is made by us.
 * Source: S3 user guide, "Enforce conditional writes" and "Enforce conditional deletes".
 */
export function conditionalWrites(place: Pick<AccountPlace, 'partition'>, bucket: string): readonly Statement[] {
  const {
    blobs,
    platformReleases,
    releases,
    records,
    entries,
    segments,
    channels,
    register,
    environments,
    owners,
    heads,
    locks,
    revisions,
    runtime,
  } = keyPatterns
  const [createOnly, writes, deletes] = conditionalSids
  const createdOnce = [blobs, platformReleases, releases, records, entries, segments, revisions(), runtime]
  const statement = (Sid: string, action: string, patterns: readonly string[], absent: readonly string[]): Statement => ({
    ...deny(Sid, [action], objectArns(place, bucket, patterns)),
    Principal: '*',
    Condition: { Null: Object.fromEntries(absent.map((key) => [key, 'true'])) },
  })
  return [
    statement(createOnly, 's3:PutObject', createdOnce, ['s3:if-none-match']),
    statement(writes, 's3:PutObject', [channels, register, environments, owners, heads, locks()], ['s3:if-none-match', 's3:if-match']),
    statement(deletes, 's3:DeleteObject', [environments, locks()], ['s3:if-match']),
  ]
}

function title(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

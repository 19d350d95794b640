/** An account in one region, and how its ARNs begin. */
export interface AccountPlace {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string
  /** 12 digits. */
  readonly account: string
  readonly region: string
}

/** An environment as its roles see it. */
export interface Ground extends AccountPlace {
  readonly environment: string
  /** The platform bucket, wherever it is. */
  readonly platformBucket: string
  /** The bucket in the environment's own account and region; it may be the platform bucket. */
  readonly bucket: string
}

export type EnvironmentRole = 'deploy' | 'execute' | 'plan'

/** The role of the platform bucket's account that publishes. */
export const publishRole = 'towpath-publish'

/** The name of an environment's role. The names are fixed, so that everything can be told who they are before they exist. */
export function roleName(environment: string, role: EnvironmentRole): string {
  return `towpath-${environment}-${role}`
}

/** The name of the policy that bounds every role which a stack of the environment makes. */
export function boundaryName(environment: string): string {
  return `towpath-${environment}-boundary`
}

/** The ARN of something of IAM: `role/towpath-publish`. */
export function iamArn({ partition, account }: Omit<AccountPlace, 'region'>, resource: string): string {
  return `arn:${partition}:iam::${account}:${resource}`
}

/** The ARNs of stacks by name, which may hold `*`; whatever their ids are. */
export function stackArn({ partition, region, account }: AccountPlace, name: string): string {
  return `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/*`
}

export function bucketArn({ partition }: Pick<AccountPlace, 'partition'>, bucket: string): string {
  return `arn:${partition}:s3:::${bucket}`
}

/** Objects of a bucket by the patterns of their keys. */
export function objectArns(place: Pick<AccountPlace, 'partition'>, bucket: string, patterns: readonly string[]): string[] {
  return patterns.map((pattern) => `${bucketArn(place, bucket)}/${pattern}`)
}

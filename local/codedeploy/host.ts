import type { Diagnostics, FileExistsBehavior, RevisionLocation } from '@aws-sdk/client-codedeploy'

/** One lifecycle event of one deployment, as an agent gets it. */
export interface Task {
  readonly event: string
  readonly deploymentId: string
  readonly application: string
  readonly group: string
  readonly groupId: string
  readonly revision: RevisionLocation
  readonly fileExists: FileExistsBehavior
}

/** What an agent answers; 'silent' if it does not. */
export type Performed = 'succeeded' | 'silent' | { readonly failed: Diagnostics }

/** Where code is deployed to. */
export interface Host {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  /** The Auto Scaling group that it is of. */
  readonly autoScalingGroup?: string
  /** True of an instance that its owner registered: groups find it by other filters. */
  readonly onPremises?: boolean
  /** Does one lifecycle event to its end. Never rejects for what goes wrong on the host. */
  perform(task: Task): Promise<Performed>
}

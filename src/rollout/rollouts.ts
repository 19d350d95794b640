// Port: CodeDeploy in one account and region, in our words.

/** A deployment group, by its names. */
export interface GroupName {
  readonly application: string
  readonly group: string
}

/** A zip in S3, pinned by version, by ETag, or by both. */
export interface Revision {
  readonly bucket: string
  readonly key: string
  readonly version?: string
  /** Without quotes. */
  readonly etag?: string
}

/** A deployment, as its group remembers it. */
export interface LastRollout {
  readonly id: string
  readonly status: string
}

export interface Group extends GroupName {
  readonly id: string
  /** The name of its deployment configuration. */
  readonly configuration: string
  /** True if it rolls some deployments back by itself: those that fail, are stopped, or set off an alarm. */
  readonly rollsBack: boolean
  /** False if it names no tag and no Auto Scaling group, so that it can have no host. */
  readonly selects: boolean
  readonly lastAttempted?: LastRollout
  readonly lastSuccessful?: LastRollout
}

/** How many hosts must stay healthy. CodeDeploy describes OneAtATime as 'MOST_CONCURRENCY'. */
export interface HealthRule {
  readonly type: string
  readonly value: number
}

/** How many hosts are in each state. */
export interface Counts {
  readonly pending: number
  readonly inProgress: number
  readonly succeeded: number
  readonly failed: number
  readonly skipped: number
  readonly ready: number
}

/** A deployment. Its status is one of CodeDeploy's; new ones may come. */
export interface Rollout extends GroupName {
  readonly id: string
  readonly status: string
  /** Undefined if it is no zip in S3. */
  readonly revision: Revision | undefined
  readonly description: string
  /** `user`, `autoscaling`, `codeDeployRollback`, … */
  readonly creator: string
  /** ISO 8601. */
  readonly created: string
  readonly error?: { readonly code: string; readonly message: string }
  /** Undefined until it has begun. */
  readonly counts: Counts | undefined
  /** True if CodeDeploy may roll it back by itself. */
  readonly rollsBack: boolean
  /** The deployment that rolls this one back; absent until CodeDeploy tells. */
  readonly rollback?: string
  /** Why there is none, or what there is to say of it. */
  readonly rollbackMessage?: string
  /** The deployment that this one rolls back. */
  readonly rollbackOf?: string
}

/** What an agent said of a lifecycle event. */
export interface Said {
  /** `ScriptFailed`, `ScriptTimedOut`, … */
  readonly code: string
  readonly script: string
  readonly message: string
  /** The last whole lines of the script's log. */
  readonly log: string
}

export interface HostEvent {
  readonly event: string
  readonly status: string
  /** ISO 8601; absent if it has not begun, or not ended. */
  readonly started?: string
  readonly ended?: string
  readonly said?: Said
}

/** One host of a deployment. */
export interface HostState {
  readonly id: string
  /** People's name for it: the last part of its ARN. */
  readonly name: string
  readonly status: string
  readonly events: readonly HostEvent[]
}

export interface RolloutRequest extends GroupName {
  readonly revision: Revision
  /** At most 256 characters; holds our token, since CodeDeploy takes none. */
  readonly description: string
  readonly ignoreStopFailures: boolean
}

/** The most hosts that may be asked for at once. */
export const HOSTS_AT_ONCE = 25

/**
 * What we ask of CodeDeploy. What is not there is undefined; whatever else goes wrong is a TowpathError. Nothing is waited for. What changes
 * something is sent once: whoever asks for it finds out what became of a request without an answer.
 */
export interface Rollouts {
  readonly region: string
  group(name: GroupName): Promise<Group | undefined>
  healthRule(configuration: string): Promise<HealthRule | undefined>
  /** How many hosts a group has now, where CodeDeploy itself knows: not of instances found by tags of EC2 or by Auto Scaling. */
  members(name: GroupName): Promise<number | undefined>
  /** The id; 'busy' if the group has another deployment under way. */
  create(request: RolloutRequest): Promise<{ readonly id: string } | 'busy'>
  describe(id: string): Promise<Rollout | undefined>
  /** The group's deployments, newest first; of `active` ones only those that have not ended. At most one page. */
  list(name: GroupName, which: 'active' | 'all'): Promise<readonly string[]>
  /** The ids of its hosts; undefined as long as it has not begun. */
  targets(id: string): Promise<readonly string[] | undefined>
  /** At most HOSTS_AT_ONCE. */
  hosts(id: string, targets: readonly string[]): Promise<readonly HostState[]>
  /** 'over' if it had ended already. */
  stop(id: string, rollBack: boolean): Promise<'stopping' | 'over'>
}

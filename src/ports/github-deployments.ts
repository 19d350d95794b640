// Port: GitHub's Deployments API.
import { TowpathError } from '../errors.ts'

/** The state of a deployment on GitHub. `superseded`: it succeeded, and so did a later one of the same service. */
export type DeploymentState = 'in-progress' | 'succeeded' | 'failed' | 'unknown' | 'superseded'

/** Which deployments: those of one service in one environment that are deploys, or rollbacks. */
export interface DeploymentSubject {
  readonly kind: 'deploy' | 'rollback'
  readonly service: string
  readonly environment: string
}

/** A deployment to create on GitHub: the facts about it that never change. */
export interface NewDeployment extends DeploymentSubject {
  /** The deployment's number in the log. */
  readonly deployment: number
  /** The release, as sha256:<hex>, or the version of a deployment that something else made. */
  readonly release: string
  /** Where its record is, as s3://<bucket>/<key>. It is unique, and the deployment is found again by it. */
  readonly record: string
  /** The complete id of the deployed commit. */
  readonly commit: string
  readonly description: string
  readonly production: boolean
}

/** What changes about a deployment, as GitHub's statuses hold it. */
export interface StatusUpdate {
  readonly state: DeploymentState
  /** At most `LONGEST_DESCRIPTION` characters. */
  readonly description: string
  /** The address of its log. */
  readonly log: string | null
  /** The address at which the service answers. */
  readonly url: string | null
}

/** A deployment that GitHub lists. */
export interface ListedDeployment {
  readonly id: number
  readonly record: string
  /** When it was created. */
  readonly time: Date
}

/** The longest description. Source: GitHub's REST API, "Create a deployment status". */
export const LONGEST_DESCRIPTION = 140

/**
 * The deployments of one repository, as GitHub shows them to people. A request that fails throws a TowpathError: it is `transient` if there
 * was no answer, so that GitHub may or may not have done it, and 'denied' if the token lacks the permission.
 */
export interface GitHubDeployments {
  /** Creates a deployment and gives its id. Throws 'not-found' if GitHub does not know its commit. */
  create(deployment: NewDeployment): Promise<number>
  update(id: number, update: StatusUpdate): Promise<void>
  /** The newest hundred deployments of a subject that Towpath created, newest first. */
  list(subject: DeploymentSubject): Promise<readonly ListedDeployment[]>
  /** The last state that it was given; undefined if there is none, or GitHub has deleted it because of its age. */
  state(id: number): Promise<DeploymentState | undefined>
  /** Deletes a deployment. */
  remove(id: number): Promise<void>
}

/** Refused because of too many requests: none may be sent again for a while. */
export class OutOfQuota extends TowpathError {
  readonly waitMilliseconds: number

  constructor(message: string, waitMilliseconds: number) {
    super('failed', message, { blame: 'service' })
    this.waitMilliseconds = waitMilliseconds
  }
}

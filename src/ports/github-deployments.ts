// Port: GitHub's Deployments API.
import { TowpathError } from '../errors.ts'

/** How a deployment stands on the board. `superseded`: it succeeded, and a later one of the same service did too. */
export type DeploymentState = 'in-progress' | 'succeeded' | 'failed' | 'unknown' | 'superseded'

/** Whose deployments, and by what sign a board tells them apart: a deploy or a rollback. */
export interface DeploymentSubject {
  readonly kind: 'deploy' | 'rollback'
  readonly service: string
  readonly environment: string
}

/** A deployment as it is announced: what never changes about it. */
export interface NewDeployment extends DeploymentSubject {
  /** Its number. */
  readonly deployment: number
  /** The release, as sha256:<hex>, or the version of one that something else made. */
  readonly release: string
  /** Where its record is, as s3://<bucket>/<key>: unlike any other's, and what it is known by. */
  readonly record: string
  /** The whole id of the commit that is deployed. */
  readonly commit: string
  readonly description: string
  readonly production: boolean
}

/** What is told of a deployment from time to time. */
export interface StatusUpdate {
  readonly state: DeploymentState
  /** At most `LONGEST_DESCRIPTION` characters. */
  readonly description: string
  /** Where its log is. */
  readonly log: string | null
  /** Where the service answers. */
  readonly url: string | null
}

/** An announcement that is on the board. */
export interface ListedDeployment {
  readonly id: number
  readonly record: string
  /** When it was announced. */
  readonly time: Date
}

/** The longest description. Source: GitHub's REST API, "Create a deployment status". */
export const LONGEST_DESCRIPTION = 140

/**
 * Where a repository's deployments are shown to its people: GitHub's Deployments API. A request that fails throws a TowpathError:
 * `transient` if nothing was answered, and it may or may not have been done; 'denied' if the token may not.
 */
export interface GitHubDeployments {
  /** Announces a deployment. Throws 'not-found' if the board does not know its commit. */
  create(notice: NewDeployment): Promise<number>
  update(id: number, news: StatusUpdate): Promise<void>
  /** The newest hundred that Towpath announced of a subject, newest first. */
  list(subject: DeploymentSubject): Promise<readonly ListedDeployment[]>
  /** What was told last; undefined if that is nothing, or was so long ago that it is forgotten. */
  state(id: number): Promise<DeploymentState | undefined>
  /** Takes an announcement back, as if it had never been made. */
  remove(id: number): Promise<void>
}

/** Refused because too much was asked: nothing may be asked again for a while. */
export class OutOfQuota extends TowpathError {
  readonly waitMilliseconds: number

  constructor(message: string, waitMilliseconds: number) {
    super('failed', message, { blame: 'service' })
    this.waitMilliseconds = waitMilliseconds
  }
}

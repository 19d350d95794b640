import type { IdTokenSource, Pace } from '../github/id-token.ts'
import type { Credentials, SessionAround } from './credentials.ts'
import type { Sessions } from './sts.ts'

/** What there is to become a role with. */
export interface Means extends SessionAround {
  readonly sessions: Sessions
  /** The name under which sessions appear in CloudTrail. */
  readonly session: string
  /** Where this job asks GitHub who it is; undefined where it cannot. */
  readonly source: IdTokenSource | undefined
  /** True in a job of GitHub Actions. */
  readonly inActions: boolean
  /** Keys to begin with: of another role that is acted as, or 'machine' for those of the environment or a profile, if there may be any. */
  readonly base: Credentials | 'machine' | undefined
  /** Has a secret hidden wherever it is shown from now on. */
  mask(secret: string): void
  random: Pace['random']
  readonly send?: Pace['send']
}

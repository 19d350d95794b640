import type { Claims } from '../github/claims.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The tags of a session, by key. */
export type SessionTags = Readonly<Record<string, string>>

/** The longest name of a session. Source: STS API reference, AssumeRole, RoleSessionName: `[\w+=,.@-]*`, 2 to 64 characters. */
const LONGEST_NAME = 64
/** The longest value of a tag. Source: STS API reference, Tag: at most 50 tags, keys of 128 characters, values of 256. */
const LONGEST_VALUE = 256

/**
 * The name under which a session appears in CloudTrail: the repository, the run and its attempt (`acme-delivery@1234567890.1`), elsewhere the
 * user (`towpath@ada`). The end says most, so it is the repository that is cut.
 */
export function sessionName(environment: Environment, user: string | undefined): string {
  const { GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt = '1' } = environment
  if (!repository || !run) return allowed(`towpath@${user || 'somebody'}`).slice(0, LONGEST_NAME)
  const end = allowed(`@${run}.${attempt}`).slice(-LONGEST_NAME / 2)
  return `${allowed(repository).slice(0, LONGEST_NAME - end.length)}${end}`
}

function allowed(text: string): string {
  return text.replace(/[^\w+=,.@-]/g, '-')
}

/** Which claim of a job's ID token tells what, for whoever reads CloudTrail later. Source of the claims: GitHub Docs, "OIDC reference". */
const told: Readonly<Record<string, string>> = {
  'towpath:repository': 'repository',
  'towpath:run': 'run_id',
  'towpath:attempt': 'run_attempt',
  'towpath:actor': 'actor',
  'towpath:commit': 'sha',
  'towpath:ref': 'ref',
  'towpath:environment': 'environment',
  'towpath:workflow': 'job_workflow_ref',
}

/**
 * The tags of a job's session, from what GitHub signed of it. A character that STS does not take (`dependabot[bot]` has two) becomes `_`; what
 * is not claimed has no tag. Source of the characters: STS API reference, Tag, Value.
 */
export function sessionTags(claims: Claims): SessionTags {
  return Object.fromEntries(
    Object.entries(told).flatMap(([key, claim]) => {
      const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
      return value ? [[key, [...value.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_')].slice(0, LONGEST_VALUE).join('')]] : []
    }),
  )
}

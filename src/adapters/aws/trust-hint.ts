import type { Claims } from '../github/claims.ts'

/** What GitHub's ID tokens are made out to. */
export const AUDIENCE = 'sts.amazonaws.com'
const ISSUER = 'https://token.actions.githubusercontent.com'

/** The claims that a trust policy goes by. Source: GitHub Docs, "OIDC reference"; AWS, IAM User Guide, "Available keys for AWS OIDC federation". */
const trusted = ['sub', 'aud', 'repository', 'repository_id', 'environment', 'job_workflow_ref'] as const

/**
 * What to do where a role's trust does not fit a job: what GitHub says of the job, letter by letter, and what usually is the matter. AWS says
 * only "Not authorized", whatever it was that differed (aws-actions/configure-aws-credentials#318, #690, #1358).
 */
export function trustHint(claims: Claims): string {
  const claimed = (name: string): string | undefined => claimIn(claims, name)
  const provider = (claimed('iss') ?? ISSUER).replace(/^https?:\/\//, '')
  return [
    'GitHub says of this job:',
    ...trusted.map((name) => `  ${name}: ${claimed(name) ?? '(not claimed)'}`),
    `the role's trust must allow sts:AssumeRoleWithWebIdentity to the provider ${provider}, and each of its conditions`,
    `(${provider}:sub, …:aud and so on) must hold exactly what stands above; capitals count. Usual causes:`,
    ...causes(claimed).map((cause) => `- ${cause}`),
  ].join('\n')
}

function causes(claimed: (name: string) => string | undefined): readonly string[] {
  const subject = claimed('sub') ?? ''
  const workflow = claimed('job_workflow_ref')
  const [repository, id, owner] = ['repository', 'repository_id', 'repository_owner_id'].map(claimed)
  return [
    ...(repository === undefined || id === undefined || owner === undefined
      ? []
      : [`the trust does not name this repository: bootstrap takes it as --repository ${repository}=${id}@${owner}, with all the others`]),
    ...(claimed('environment') === undefined
      ? ["the job has no `environment:`, and the trust names one: only a job with it has it in its 'sub'"]
      : ["the trust names another environment, or a branch: a job with `environment:` has no branch in its 'sub'"]),
    /^repo:[^:/]+@\d+\//.test(subject)
      ? "this repository sends ids in its 'sub', as those made, renamed or moved since July 2026 do, and the trust has only the form with names"
      : "the repository was renamed or moved, or the trust has only the form with ids of 'sub'",
    ...(workflow === undefined
      ? []
      : [`the pin of the reusable workflow was moved: the trust must have job_workflow_ref as it is now (${workflow})`]),
    'there is no such role in that account: AWS says the same of a role that is not there',
  ]
}

/** What to do in a job of GitHub Actions that was given no way to ask for an ID token. */
export const NO_ID_TOKEN = [
  'this job can ask GitHub for no ID token, so the role was tried with the credentials at hand:',
  '- give the job `permissions: id-token: write`, and the job that calls a reusable workflow too',
  '- the run of a pull request from a fork gets none, whatever the permissions',
].join('\n')

/** What to do where the account does not know the issuer of the token. */
export function providerHint(claims: Claims): string {
  const issuer = claimIn(claims, 'iss') ?? ISSUER
  return `add an OIDC provider for ${issuer}, with audience ${AUDIENCE}, to the account of the role; towpath bootstrap --environment makes it`
}

/** A claim as one line, since each line of a hint is shown as one. */
function claimIn(claims: Claims, name: string): string | undefined {
  return Object.hasOwn(claims, name) ? claims[name]?.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ') : undefined
}

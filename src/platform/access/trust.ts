import { TowpathError } from '../../errors.ts'
import { type Repository, subjectsOf, type Workflows, workflowRefs } from './callers.ts'
import { type AccountPlace, type EnvironmentRole, iamArn, publishRole, roleName } from './place.ts'
import { charactersOf, type Policy, policy, type Statement } from './policy.ts'

/** Who signs GitHub's tokens, without `https://`: so begin the keys under which IAM knows their claims. */
export const issuer = 'token.actions.githubusercontent.com'

/** Whom the tokens are meant for. */
export const audience = 'sts.amazonaws.com'

/** What a trust policy may take by default, in characters. Source: IAM user guide, IAM and STS quotas: up to 8,192 on request. */
export const TRUST_CHARACTERS = 2_048

/** Who may act from GitHub. */
export interface Callers {
  readonly repositories: readonly Repository[]
  readonly workflows: readonly Workflows[]
  /** The branch that deploys: `main`. */
  readonly branch: string
}

/** Whom an environment's roles trust. */
export interface Trusted {
  /** Undefined: no job of GitHub's yet. */
  readonly callers: Callers | undefined
  /** ARNs of IAM roles and users of the account: people who may act by hand. */
  readonly operators: readonly string[]
}

/** The jobs behind an environment's approval: apply and rollback. */
export function deployTrust(place: AccountPlace, environment: string, { callers, operators }: Trusted): Policy {
  const jobs = { contexts: [`environment:${environment}`], files: ['deploy.yml', 'rollback.yml'], environment }
  return roleTrust(place, roleName(environment, 'deploy'), callers && fromGitHub(place, callers, jobs), operators)
}

/** The jobs before it, which have no environment: the plan of a pull request, and that of a deploying run of the default branch. */
export function planTrust(place: AccountPlace, environment: string, { callers, operators }: Trusted): Policy {
  const jobs = { contexts: ['pull_request', `ref:refs/heads/${callers?.branch}`], files: ['plan.yml', 'deploy.yml'] }
  return roleTrust(place, roleName(environment, 'plan'), callers && fromGitHub(place, callers, jobs), operators)
}

/** The platform repository's job that publishes. */
export function publishTrust(place: AccountPlace, callers: Callers): Policy {
  const jobs = { contexts: [`ref:refs/heads/${callers.branch}`], files: ['platform.yml'] }
  return roleTrust(place, publishRole, fromGitHub(place, callers, jobs))
}

/** CloudFormation alone, for stacks of this account (else another account's stack could have it act here). */
export function executeTrust({ account }: AccountPlace): Policy {
  return policy([
    {
      Sid: 'CloudFormation',
      Effect: 'Allow',
      Principal: { Service: 'cloudformation.amazonaws.com' },
      Action: ['sts:AssumeRole'],
      Condition: { StringEquals: { 'aws:SourceAccount': account } },
    },
  ])
}

interface Jobs {
  readonly contexts: readonly string[]
  readonly files: readonly string[]
  readonly environment?: string
}

/** Who may take a role: jobs of GitHub's and people, where any were named, and the role itself. */
function roleTrust(place: AccountPlace, role: string, jobs: Statement | undefined, operators: readonly string[] = []): Policy {
  const people = operators.length > 0 ? [within(place, 'Operators', ['sts:AssumeRole'], operators)] : []
  return policy([...(jobs ? [jobs] : []), ...people, itself(place, role)])
}

/**
 * All claims are compared whole. AWS knows these as condition keys since January 2026; before it knew `aud` and `sub` alone.
 * Source: IAM user guide, "Available keys for AWS OIDC federation", GitHub.
 */
function fromGitHub(place: AccountPlace, { repositories, workflows }: Callers, { contexts, files, environment }: Jobs): Statement {
  return {
    Sid: 'GitHub',
    Effect: 'Allow',
    Principal: { Federated: iamArn(place, `oidc-provider/${issuer}`) },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: {
      StringEquals: {
        [`${issuer}:aud`]: audience,
        [`${issuer}:sub`]: repositories.flatMap((repository) => contexts.flatMap((context) => subjectsOf(repository, context))),
        [`${issuer}:repository_id`]: repositories.map(({ id }) => id),
        [`${issuer}:job_workflow_ref`]: workflowRefs(workflows, files),
        ...(environment === undefined ? {} : { [`${issuer}:environment`]: environment }),
      },
    },
  }
}

/** GitHub's tokens bring no session tags, so a session takes the same role again with tags. A role trusts itself only if it says so. */
function itself(place: AccountPlace, role: string): Statement {
  return within(place, 'Itself', ['sts:AssumeRole', 'sts:TagSession'], iamArn(place, `role/${role}`))
}

/**
 * Identities of the same account, which their own policies must let too. They are named by a condition: as principals they would have to be
 * there already, and would be forgotten if they were made anew. Source: IAM user guide, "Update a role trust policy", notes.
 */
function within(place: AccountPlace, Sid: string, Action: readonly string[], arns: string | readonly string[]): Statement {
  const Condition = { ArnEquals: { 'aws:PrincipalArn': arns } }
  return { Sid, Effect: 'Allow', Principal: { AWS: iamArn(place, 'root') }, Action, Condition }
}

/** A trust policy for so many repositories. */
type Trust = (callers: Callers) => Policy

/** Throws 'bad-input' if a role would trust more than IAM lets it write down: with how many repositories fit, and what to do. */
export function requireRoom(role: string, trust: Trust, callers: Callers, limit: number): void {
  const characters = charactersOf(trust(callers))
  if (characters <= limit) return
  const { repositories } = callers
  const fits = (count: number): boolean => charactersOf(trust({ ...callers, repositories: repositories.slice(0, count) })) <= limit
  const fitting = repositories.findLastIndex((_, index) => fits(index + 1)) + 1
  throw new TowpathError(
    'bad-input',
    `the trust policy of ${role} takes ${characters} characters, and IAM takes ${limit}: of ${repositories.length} repositories ${fitting} fit`,
    {
      hint: `have AWS raise the account's quota 'Role trust policy length' (L-C07B4B0D, up to 8,192) and give --trust-characters, or trust fewer workflows`,
    },
  )
}

/** Every role that is taken from GitHub, with its trust: first the one that says most of each repository. */
export function environmentTrusts(
  place: AccountPlace,
  environment: string,
  operators: readonly string[],
): Readonly<Record<Exclude<EnvironmentRole, 'execute'>, Trust>> {
  return {
    plan: (callers) => planTrust(place, environment, { callers, operators }),
    deploy: (callers) => deployTrust(place, environment, { callers, operators }),
  }
}

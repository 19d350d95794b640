import { describe, expect, test } from '@jest/globals'
import { parseRepository, parseWorkflows } from '../../../src/platform/access/callers.ts'
import type { Conditions, Policy } from '../../../src/platform/access/policy.ts'
import { type Callers, deployTrust, issuer, planTrust, publishTrust } from '../../../src/platform/access/trust.ts'
import { type Asking, claimsOf, keysOf, pin, tokenServer } from '../../support/github-tokens.ts'
import { judge, type Verdict } from '../../world/iam.ts'

/*
 * The trust that is shipped, against tokens of GitHub's stand-in: signed, verified by the keys that it publishes, and then judged as IAM would.
 * That AWS compares these claims is its documentation's word; nothing here ran on AWS.
 */
const tokens = tokenServer()

const place = { partition: 'aws', account: '222222222222', region: 'eu-west-1' }
const callers: Callers = {
  repositories: [parseRepository('acme/greeter=1002@77'), parseRepository('acme/counter=1003@77')],
  workflows: [parseWorkflows(`towpath-dev/towpath@${pin}`)],
  branch: 'main',
}
const trusted = { callers, operators: [] }
const provider = { kind: 'Federated', name: `arn:aws:iam::222222222222:oidc-provider/${issuer}` } as const

async function verdict(trust: Policy, job: Asking): Promise<Verdict> {
  const claims = await tokens.verified(await tokens.sign(job))
  return judge([trust], { action: 'sts:AssumeRoleWithWebIdentity', resource: '*', keys: keysOf(claims) }, provider)
}

const workflow = (file: string, ref = pin, from = 'towpath-dev/towpath') => `${from}/.github/workflows/${file}@${ref}`
const production: Asking = { environment: 'production' }
const pullRequest: Asking = { event: 'pull_request', jobWorkflow: workflow('plan.yml') }

describe('the role that deploys', () => {
  const trust = deployTrust(place, 'production', trusted)

  test.each<[string, Asking]>([
    ['the apply job', production],
    ['the apply job of a repository that sends ids', { ...production, withIds: true }],
    ['the rollback job, from whatever branch', { ...production, jobWorkflow: workflow('rollback.yml'), ref: 'refs/heads/fix' }],
    ['another repository that is named', { ...production, repository: 'acme/counter', repositoryId: 1003 }],
  ])('is taken by %s', async (_, job) => expect(await verdict(trust, job)).toBe('allowed'))

  test.each<[string, Asking]>([
    ['a fork', { ...production, repository: 'mallory/greeter', repositoryId: 9999, ownerId: 88 }],
    ['a fork that sends ids', { ...production, repository: 'mallory/greeter', repositoryId: 9999, ownerId: 88, withIds: true }],
    ['another repository of the same owner', { ...production, repository: 'acme/secrets', repositoryId: 1004 }],
    ['a repository that was made anew under the old name', { ...production, repositoryId: 5000 }],
    ['the same, with ids', { ...production, repositoryId: 5000, withIds: true }],
    ['an owner that was made anew under the old name', { ...production, ownerId: 99, withIds: true, repositoryId: 5000 }],
    ['a repository that was renamed', { ...production, repository: 'acme/salutation' }],
    ['a repository that was renamed, with ids', { ...production, repository: 'acme/salutation', withIds: true }],
    ['another environment', { environment: 'staging' }],
    ['a job without an environment', {}],
    ['a pull request', { event: 'pull_request' }],
    ['another pin of the workflow', { ...production, jobWorkflow: workflow('deploy.yml', 'b'.repeat(40)) }],
    ['a branch of the workflow', { ...production, jobWorkflow: workflow('deploy.yml', 'refs/heads/main') }],
    ['a copy of the workflow', { ...production, jobWorkflow: workflow('deploy.yml', pin, 'acme/greeter') }],
    ['another workflow', { ...production, jobWorkflow: workflow('plan.yml') }],
    ['a token for another audience', { ...production, audience: 'https://github.com/acme' }],
  ])('is not taken by %s', async (_, job) => expect(await verdict(trust, job)).toBe('denied'))

  test('trusts names alone, where the owner is not known', async () => {
    const named = deployTrust(place, 'production', {
      ...trusted,
      callers: { ...callers, repositories: [parseRepository('acme/greeter=1002')] },
    })
    expect(await verdict(named, production)).toBe('allowed')
    expect(await verdict(named, { ...production, withIds: true })).toBe('denied')
  })

  test('trusts the old workflows and the new, while callers move', async () => {
    const next = 'c'.repeat(40)
    const both = deployTrust(place, 'production', {
      ...trusted,
      callers: { ...callers, workflows: [...callers.workflows, parseWorkflows(`towpath-dev/towpath@${next}`)] },
    })
    expect(await verdict(both, production)).toBe('allowed')
    expect(await verdict(both, { ...production, jobWorkflow: workflow('deploy.yml', next) })).toBe('allowed')
  })
})

describe('the role that plans', () => {
  const trust = planTrust(place, 'production', trusted)

  test.each<[string, Asking]>([
    ['a pull request', pullRequest],
    ['a pull request of a repository that sends ids', { ...pullRequest, withIds: true }],
    ['the plan of a run of the default branch', {}],
    ['the same, with ids', { withIds: true }],
  ])('is taken by %s', async (_, job) => expect(await verdict(trust, job)).toBe('allowed'))

  test.each<[string, Asking]>([
    ['a run of another branch', { ref: 'refs/heads/topic' }],
    ['a run of a tag', { ref: 'refs/tags/main' }],
    ['a pull request of another repository', { ...pullRequest, repository: 'mallory/greeter', repositoryId: 9999, ownerId: 88 }],
    ['a workflow of the service itself', { ...pullRequest, jobWorkflow: workflow('plan.yml', pin, 'acme/greeter') }],
    ['a job behind an approval', production],
  ])('is not taken by %s', async (_, job) => expect(await verdict(trust, job)).toBe('denied'))
})

describe('the role that publishes', () => {
  const platform = { ...callers, repositories: [parseRepository('acme/platform=1001@77')] }
  const trust = publishTrust(place, platform)
  const publish: Asking = { repository: 'acme/platform', repositoryId: 1001, jobWorkflow: workflow('platform.yml') }

  test('is taken by the default branch of the platform repository', async () => {
    expect(await verdict(trust, publish)).toBe('allowed')
    expect(await verdict(trust, { ...publish, withIds: true })).toBe('allowed')
  })

  test.each<[string, Asking]>([
    ['a pull request', { ...publish, event: 'pull_request' }],
    ['another branch', { ...publish, ref: 'refs/heads/next' }],
    ['a service', { jobWorkflow: workflow('platform.yml') }],
    ['a deployment', { ...publish, jobWorkflow: workflow('deploy.yml') }],
  ])('is not taken by %s', async (_, job) => expect(await verdict(trust, job)).toBe('denied'))
})

describe('operators', () => {
  const operator = 'arn:aws:iam::222222222222:role/operators'
  const trust = deployTrust(place, 'production', { callers: undefined, operators: [operator] })
  const asks = (arn: string, action = 'sts:AssumeRole') =>
    judge([trust], { action, resource: '*', keys: { 'aws:PrincipalArn': arn } }, { kind: 'AWS', name: arn })

  test('take the role, and nobody else of the account does', () => {
    expect(asks(operator)).toBe('allowed')
    expect(asks('arn:aws:iam::222222222222:role/others')).toBe('denied')
    expect(asks('arn:aws:iam::222222222222:role/operators2')).toBe('denied')
    expect(asks('arn:aws:iam::333333333333:role/operators')).toBe('denied')
  })

  test('give no tags of their own, and open the role to no job', async () => {
    expect(asks(operator, 'sts:TagSession')).toBe('denied')
    expect(await verdict(trust, production)).toBe('denied')
  })
})

test('a token that was tampered with is refused before anything is judged (canary)', async () => {
  const token = await tokens.sign()
  const [head, , signature] = token.split('.')
  const forged = Buffer.from(JSON.stringify(claimsOf(production))).toString('base64url')
  await expect(tokens.verified([head, forged, signature].join('.'))).rejects.toThrow()
})

test('a trust that asks for less lets a recycled name in (canary)', async () => {
  const trust = deployTrust(place, 'production', trusted)
  const loose: Policy = {
    ...trust,
    Statement: trust.Statement.map((statement) => ({
      ...statement,
      Condition: without(statement.Condition ?? {}, `${issuer}:repository_id`),
    })),
  }
  expect(await verdict(loose, { ...production, repositoryId: 5000 })).toBe('allowed')
})

function without(conditions: Conditions, key: string): Conditions {
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, wanted]) => [
      operator,
      Object.fromEntries(Object.entries(wanted).filter(([name]) => name !== key)),
    ]),
  )
}

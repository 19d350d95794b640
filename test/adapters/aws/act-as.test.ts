import { describe, expect, test } from '@jest/globals'
import { actAs } from '../../../src/adapters/aws/act-as.ts'
import type { Means } from '../../../src/adapters/aws/means.ts'
import { TowpathError } from '../../../src/errors.ts'
import { virtualClock } from '../../world/clock.ts'
import { answer, CANARY, fakeSts } from '../../world/sts.ts'

const HOUR = 3_600_000
const deploy = 'arn:aws:iam::000000000001:role/towpath-production-deploy'
const base = 'arn:aws:iam::000000000001:role/towpath-publish'
const claims = {
  iss: 'https://token.actions.githubusercontent.com',
  sub: 'repo:acme/delivery:environment:production',
  aud: 'sts.amazonaws.com',
  repository: 'acme/delivery',
  repository_id: '42',
  environment: 'production',
  job_workflow_ref: 'acme/towpath/.github/workflows/deploy.yml@refs/tags/v1',
  run_id: '7',
  run_attempt: '1',
  actor: 'dependabot[bot]',
  sha: 'a'.repeat(40),
}

/** A job whose GitHub gives a new token at each request. */
function job(signed: Record<string, string> = claims) {
  const clock = virtualClock()
  const sts = fakeSts()
  const tokens: string[] = []
  const lines: string[] = []
  const masked: string[] = []
  const send = async (): Promise<Response> => {
    const payload = Buffer.from(JSON.stringify({ ...signed, jti: `${tokens.length}` })).toString('base64url')
    tokens.push(`e30.${payload}.canary-of-a-signature`)
    return Response.json({ count: 1, value: tokens.at(-1) })
  }
  const means: Means = {
    ...{ clock, sessions: sts, session: 'acme-delivery@7.1', inActions: true, base: undefined, random: () => 0.5, send },
    source: { url: 'https://run.test/?x=1', bearer: 'canary-of-a-bearer' },
    log: { info: (text) => void lines.push(text), warn: (text) => void lines.push(`warning: ${text}`) },
    mask: (secret) => void masked.push(secret),
  }
  return { clock, sts, tokens, lines, masked, means }
}

const trusting = { jobs: ({ sub }: Readonly<Record<string, string>>) => sub === claims.sub }

async function refusalOf(asked: Promise<unknown>): Promise<TowpathError> {
  const error: unknown = await asked.catch((thrown: unknown) => thrown)
  if (!(error instanceof TowpathError)) throw new Error('it was not refused')
  return error
}

describe('in a job that may ask for an ID token', () => {
  test('the session is the same role once more, tagged with what GitHub signed', async () => {
    const { sts, means, lines } = job()
    sts.trusts.set(deploy, { ...trusting, callers: [deploy], tagged: true })
    expect((await actAs(deploy, means)()).accessKeyId).toBe('ASIA2')
    expect(sts.made).toEqual([
      { role: deploy, session: 'acme-delivery@7.1', by: 'token', tags: {} },
      {
        ...{ role: deploy, session: 'acme-delivery@7.1', by: deploy },
        tags: {
          'towpath:repository': 'acme/delivery',
          'towpath:run': '7',
          'towpath:attempt': '1',
          'towpath:actor': 'dependabot_bot_',
          'towpath:commit': 'a'.repeat(40),
          'towpath:environment': 'production',
          'towpath:workflow': claims.job_workflow_ref,
        },
      },
    ])
    expect(lines).toEqual(['acting as towpath-production-deploy (session acme-delivery@7.1)'])
  })

  test.each([
    ['the role does not trust itself', trusting, 'sts:AssumeRole'],
    ['the role does not let itself be tagged', { ...trusting, callers: [deploy] }, 'sts:TagSession'],
  ])('the first session serves where %s; it is told once, and not tried again', async (_, trust, lacking) => {
    const { sts, means, lines, clock } = job()
    sts.trusts.set(deploy, trust)
    const credentials = actAs(deploy, means)
    expect((await credentials()).accessKeyId).toBe('ASIA1')
    await clock.sleep(HOUR)
    expect((await credentials()).accessKeyId).toBe('ASIA2')
    const warnings = lines.filter((line) => line.startsWith('warning'))
    expect(warnings).toEqual([expect.stringContaining(`carry no tags for audit, only the name acme-delivery@7.1: User: ${deploy} is not`)])
    expect(warnings[0]).toContain(lacking)
    expect(sts.asked.filter((call) => call === 'AssumeRole')).toHaveLength(1)
  })

  test('a renewal goes the whole way again, with a new ID token', async () => {
    const { sts, means, tokens, clock } = job()
    sts.trusts.set(deploy, { ...trusting, callers: [deploy], tagged: true })
    const credentials = actAs(deploy, means)
    await credentials()
    await clock.sleep(HOUR)
    expect((await credentials()).accessKeyId).toBe('ASIA4')
    expect(new Set(tokens).size).toBe(2)
  })

  test.each(['IDPCommunicationError', 'IDPCommunicationErrorException', 'InvalidIdentityToken', 'InvalidIdentityTokenException'])(
    'AWS that cannot fetch GitHub’s keys (%s) is asked again, with the same token',
    async (name) => {
      const { sts, means, tokens } = job()
      sts.trusts.set(deploy, trusting)
      const busy = () => answer(name, "Couldn't retrieve verification key from your identity provider")
      sts.refusals.push(busy(), busy(), busy(), busy())
      expect((await actAs(deploy, means)()).accessKeyId).toBe('ASIA1')
      expect(sts.asked.filter((call) => call === 'AssumeRoleWithWebIdentity')).toHaveLength(5)
      expect(tokens).toHaveLength(1)
    },
  )

  test('and is a passing failure in the end', async () => {
    const { sts, means } = job()
    sts.trusts.set(deploy, trusting)
    for (let n = 0; n < 5; n++) sts.refusals.push(answer('IDPCommunicationError', 'busy'))
    const error = await refusalOf(actAs(deploy, means)())
    expect(error).toMatchObject({ code: 'failed', transient: true, blame: 'service' })
  })

  test('an account that does not know GitHub says so at once, with the provider to add', async () => {
    const { sts, means } = job()
    sts.refusals.push(answer('InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${claims.iss}`))
    const error = await refusalOf(actAs(deploy, means)())
    expect(error).toMatchObject({
      code: 'denied',
      message: expect.stringContaining("account 000000000001 does not take GitHub's ID tokens"),
    })
    expect(error.hint).toBe(
      `add an OIDC provider for ${claims.iss}, with audience sts.amazonaws.com, to the account of the role; towpath bootstrap --environment makes it`,
    )
    expect(sts.asked).toHaveLength(1)
  })
})

describe('a role whose trust does not fit the job', () => {
  const hintFor = async (signed: Record<string, string>): Promise<string> => {
    const { means } = job(signed)
    const error = await refusalOf(actAs(deploy, means)())
    expect(error.code).toBe('denied')
    expect(error.message).toBe(`this job may not act as role '${deploy}': Not authorized to perform sts:AssumeRoleWithWebIdentity`)
    return error.hint ?? ''
  }

  test('is told with what GitHub says of the job, letter by letter', async () => {
    const hint = await hintFor(claims)
    for (const line of [
      '  sub: repo:acme/delivery:environment:production',
      '  aud: sts.amazonaws.com',
      '  repository_id: 42',
      '  environment: production',
      '  job_workflow_ref: acme/towpath/.github/workflows/deploy.yml@refs/tags/v1',
    ])
      expect(hint.split('\n')).toContain(line)
    expect(hint).toContain('token.actions.githubusercontent.com:sub')
  })

  test.each<[string, Record<string, string>, string]>([
    ['a job without environment', { ...claims, sub: 'repo:acme/delivery:ref:refs/heads/main', environment: '' }, 'environment'],
    ['a subject with ids', { ...claims, sub: 'repo:acme@1/delivery@42:environment:production' }, 'sends ids in its'],
    ['a workflow that moved', claims, 'the pin of the reusable workflow was moved'],
  ])('names what is usually the matter: %s', async (_, signed, cause) => {
    expect(await hintFor(signed)).toContain(cause)
  })

  test('a job without environment is told that it has none', async () => {
    const { environment: _, ...without } = claims
    const hint = await hintFor(without)
    expect(hint).toContain('  environment: (not claimed)')
    expect(hint).toContain('the job has no `environment:`')
  })

  test('a claim of many lines stays one claim', async () => {
    const hint = await hintFor({ ...claims, sub: 'repo:x\n::error::y' })
    expect(hint.split('\n').filter((line) => line.startsWith('::'))).toEqual([])
  })
})

describe('with the keys at hand', () => {
  test('a laptop becomes a role that trusts it', async () => {
    const { sts, means } = job()
    sts.trusts.set(deploy, { callers: ['machine'] })
    await actAs(deploy, { ...means, source: undefined, inActions: false, base: 'machine' })()
    expect(sts.made).toEqual([{ role: deploy, session: 'acme-delivery@7.1', by: 'machine', tags: {} }])
  })

  test('a role that trusts another role is reached through it, also where GitHub’s word does not do', async () => {
    const { sts, means, lines } = job()
    sts.trusts.set(base, trusting)
    sts.trusts.set(deploy, { callers: [base] })
    const first = actAs(base, means)
    await actAs(deploy, { ...means, base: first })()
    expect(sts.made.map(({ role, by }) => [role, by])).toEqual([
      [base, 'token'],
      [deploy, base],
    ])
    expect(lines.at(-1)).toContain('acting as towpath-production-deploy')
  })

  test('where neither does, it is what GitHub says that is told', async () => {
    const { sts, means } = job()
    sts.trusts.set(base, trusting)
    const error = await refusalOf(actAs(deploy, { ...means, base: actAs(base, means) })())
    expect(error.hint).toContain('  sub: repo:acme/delivery:environment:production')
  })

  test('a refusal says what both sides must allow', async () => {
    const { means } = job()
    const error = await refusalOf(actAs(deploy, { ...means, source: undefined, inActions: false, base: 'machine' })())
    expect(error.code).toBe('denied')
    expect(error.message).toContain(`these credentials may not act as role '${deploy}': User: machine is not authorized`)
    expect(error.hint).toContain('the trust of the role must allow sts:AssumeRole')
  })

  test.each([
    ['are refused', answer('AccessDenied', 'no', 403), 'denied'],
    [
      'are none',
      Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
      'no-credentials',
    ],
  ])('a job that cannot ask for an ID token, and whose keys %s, is told of the permission', async (_, refusal, code) => {
    const { sts, means } = job()
    sts.refusals.push(refusal)
    const error = await refusalOf(actAs(deploy, { ...means, source: undefined, base: 'machine' })())
    expect(error.code).toBe(code)
    expect(error.hint).toContain('give the job `permissions: id-token: write`')
    expect(error.hint).toContain('a pull request from a fork gets none')
  })
})

test('the keys that only lead to others are masked too', async () => {
  const { sts, means, masked } = job()
  sts.trusts.set(deploy, { ...trusting, callers: [deploy], tagged: true })
  await actAs(deploy, means)()
  expect(masked.filter((secret) => secret.startsWith('ASIA'))).toEqual(['ASIA1', 'ASIA2'])
})

test('no token and no key is in a line or an error, and each is masked before it is used', async () => {
  const { sts, means, tokens, lines, masked, clock } = job()
  sts.trusts.set(deploy, trusting)
  const credentials = actAs(deploy, means)
  const keys = await credentials()
  expect(masked).toEqual([tokens[0], keys.accessKeyId, keys.secretAccessKey, keys.sessionToken])
  sts.trusts.delete(deploy)
  await clock.sleep(HOUR)
  const error = await refusalOf(credentials())
  expect(error.code).toBe('no-credentials')
  const told = JSON.stringify([lines, error.message, error.hint, error.outputs, error.stack])
  expect(told).not.toMatch(/canary/)
  // Canary: they were there to be told.
  expect(JSON.stringify([keys, tokens])).toContain(CANARY)
  expect(tokens[0]).toContain('canary')
})

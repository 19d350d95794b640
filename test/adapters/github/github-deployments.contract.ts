import { expect, test } from '@jest/globals'
import { gitHubApi } from '../../../src/adapters/github/api.ts'
import { gitHubCommits } from '../../../src/adapters/github/commits.ts'
import { gitHubDeployments } from '../../../src/adapters/github/deployments.ts'
import { TowpathError } from '../../../src/errors.ts'
import type { GitHubDeployments, NewDeployment } from '../../../src/ports/github-deployments.ts'
import { OutOfQuota } from '../../../src/ports/github-deployments.ts'
import type { Outage } from '../../world/github/outages.ts'

export const commit = (n: number): string => String(n).repeat(40)

export function aNewDeployment(changes: Partial<NewDeployment> = {}): NewDeployment {
  const deployment = changes.deployment ?? 1
  return {
    kind: 'deploy',
    service: 'delivery',
    environment: 'staging',
    deployment,
    release: `sha256:${'a'.repeat(64)}`,
    record: `s3://acme/deployments/staging/delivery/${deployment}.json`,
    commit: commit(1),
    description: 'deploy it',
    production: false,
    ...changes,
  }
}

const update = { state: 'succeeded', description: 'it is live', log: 'https://github.test/run', url: 'https://a.test' } as const
const subject = { kind: 'deploy', service: 'delivery', environment: 'staging' } as const

/** A GitHub with one repository, acme/delivery, and how it is reached. */
export interface Reach {
  readonly settings: { readonly url: string; readonly fetch?: typeof globalThis.fetch }
  readonly token: string
  /** Makes a commit known. `parent` makes it the next after another. */
  push(commit: string, parent?: string): void
  falls(outage: Outage): void
  /** Has somebody else, of the same token, announce a deployment of the first commit. */
  other(payload: unknown): Promise<unknown>
  /** What GitHub has, oldest first. */
  deployments(): readonly {
    readonly id: number
    readonly statuses: readonly { readonly description: string; readonly log: string; readonly url: string }[]
  }[]
  /** The queries of all requests, in order of arrival. */
  queries(): readonly Readonly<Record<string, string>>[]
}

/** What the adapters do with a GitHub that is reached in some way. */
export function gitHubDeploymentsContract(reach: () => Promise<Reach>): void {
  const open = async (
    patience = 2_000,
  ): Promise<{ github: Reach; deployments: GitHubDeployments; commits: ReturnType<typeof gitHubCommits> }> => {
    const github = await reach()
    for (const n of [1, 2, 3]) github.push(commit(n), n === 1 ? undefined : commit(n - 1))
    const api = gitHubApi({ ...github.settings, repository: 'acme/delivery', token: github.token, patience })
    return { github, deployments: gitHubDeployments(api), commits: gitHubCommits(api) }
  }

  test('what is announced and told comes back, and is known by its record', async () => {
    const { github, deployments } = await open()
    const id = await deployments.create(aNewDeployment())
    expect(await deployments.state(id)).toBeUndefined()
    await deployments.update(id, { ...update, state: 'in-progress', url: null, log: null })
    expect(await deployments.state(id)).toBe('in-progress')
    await deployments.update(id, update)
    expect(await deployments.state(id)).toBe('succeeded')
    expect(github.deployments()[0]?.statuses[1]).toMatchObject({ log: update.log, url: update.url, description: update.description })
    expect(await deployments.list(subject)).toEqual([{ id, record: aNewDeployment().record, time: expect.any(Date) }])
    expect(await deployments.list({ ...subject, kind: 'rollback' })).toEqual([])
    expect(await deployments.list({ ...subject, service: 'billing' })).toEqual([])
    expect(await deployments.list({ ...subject, environment: 'production' })).toEqual([])
  })

  test.each(['failed', 'unknown', 'superseded'] as const)('what stands as %s comes back so', async (state) => {
    const { deployments } = await open()
    const id = await deployments.create(aNewDeployment())
    await deployments.update(id, { ...update, state })
    expect(await deployments.state(id)).toBe(state)
  })

  test('a list is of the newest hundred, newest first, and of what Towpath announced only', async () => {
    const { github, deployments } = await open()
    for (let n = 1; n <= 103; n++) await deployments.create(aNewDeployment({ deployment: n }))
    for (const payload of ['no JSON', '{"schema":"towpath/github-deployment@1"}', { schema: 'other@1', record: 'x' }])
      await github.other(payload)
    const listed = await deployments.list(subject)
    expect(listed.map(({ record }) => record)).toEqual(
      Array.from({ length: 97 }, (_, index) => aNewDeployment({ deployment: 103 - index }).record),
    )
  })

  test('what is withdrawn was never there', async () => {
    const { github, deployments } = await open()
    const [kept, taken] = [await deployments.create(aNewDeployment()), await deployments.create(aNewDeployment())]
    await deployments.update(taken, update)
    await deployments.remove(taken)
    expect(github.deployments().map(({ id }) => id)).toEqual([kept])
  })

  test('a commit that GitHub does not know is not found', async () => {
    const { deployments } = await open()
    await expect(deployments.create(aNewDeployment({ commit: commit(9) }))).rejects.toMatchObject({ code: 'not-found', transient: false })
  })

  test('a description of more than 140 characters is refused', async () => {
    const { deployments } = await open()
    const id = await deployments.create(aNewDeployment())
    await expect(deployments.update(id, { ...update, description: 'x'.repeat(141) })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/Validation Failed: .*description/),
    })
  })

  test.each<[Outage, Partial<TowpathError>, string]>([
    ['down', { code: 'failed', transient: true }, 'GitHub could not announce a deployment (503)'],
    ['bad gateway', { code: 'failed', transient: true }, 'GitHub could not announce a deployment (502)'],
    ['forbidden', { code: 'denied', hint: "give the job the permission 'deployments: write'" }, 'Resource not accessible by integration'],
    ['conflict', { code: 'conflict', transient: false }, '409: Conflict: Commit status checks failed'],
    ['merged', { code: 'conflict', transient: false }, 'GitHub made no deployment (202)'],
    ['unreachable', { code: 'failed', transient: true }, 'GitHub gave no answer when it was to announce a deployment'],
    ['lost', { code: 'failed', transient: true }, 'GitHub gave no answer when it was to announce a deployment'],
  ])('%s is told in our words, and without a page of HTML', async (outage, details, text) => {
    const { github, deployments } = await open()
    github.falls(outage)
    const error = await deployments.create(aNewDeployment()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TowpathError)
    expect(error).toMatchObject({ ...details, message: expect.stringContaining(text) })
    expect((error as Error).message).not.toMatch(/<html|::error/)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(github.token)
  })

  test.each<[Outage, number]>([
    ['out of quota', 1_380_000],
    ['secondary limit', 60_000],
    ['too many', 60_000],
  ])('%s says how long to ask nothing', async (outage, wait) => {
    const { github, deployments } = await open()
    github.falls(outage)
    const error = await deployments.state(1).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OutOfQuota)
    expect(Math.abs((error as OutOfQuota).waitMilliseconds - wait)).toBeLessThanOrEqual(1_000)
  })

  test('how a commit stands to another is what GitHub says, and unknown where it has not both', async () => {
    const { github, commits } = await open()
    expect(await commits.compare(commit(1), commit(3))).toBe('ahead')
    expect(await commits.compare(commit(3), commit(1))).toBe('behind')
    github.push(commit(5), commit(1))
    expect(await commits.compare(commit(3), commit(5))).toBe('diverged')
    expect(await commits.compare(commit(1), commit(9))).toBe('unknown')
    expect(github.queries()).toEqual(Array.from({ length: 4 }, () => ({ per_page: '1' })))
  })

  test('what is no whole commit is never sent, and the same commit needs no asking', async () => {
    const { github, commits } = await open()
    for (const odd of ['main', 'HEAD', '1111111', `${commit(1)}/../../..`, commit(1).toUpperCase().replace('1', 'A'), 'a'.repeat(64), ''])
      expect([await commits.compare(odd, commit(1)), await commits.compare(commit(1), odd)]).toEqual(['unknown', 'unknown'])
    expect(await commits.compare(commit(1), commit(1))).toBe('same')
    expect(github.queries()).toEqual([])
  })

  test.each<Outage>(['down', 'bad gateway', 'unreachable', 'out of quota', 'forbidden'])(
    'a comparison while GitHub is %s is unknown',
    async (outage) => {
      const { github, commits } = await open()
      github.falls(outage)
      expect(await commits.compare(commit(1), commit(2))).toBe('unknown')
    },
  )

  test('a request that hangs is given up', async () => {
    const { github, deployments, commits } = await open(50)
    github.falls('hanging')
    await expect(deployments.state(1)).rejects.toMatchObject({ code: 'failed', transient: true })
    expect(await commits.compare(commit(1), commit(2))).toBe('unknown')
  })
}

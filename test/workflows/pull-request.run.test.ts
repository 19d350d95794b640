import { beforeAll, describe, expect, test } from '@jest/globals'
import { act, type Occasion, type Run } from './engine.ts'
import { aClone, addCallers, type Clone, change, push } from './repository.ts'
import { all, built, expectSteps, notesOf, onLinux, rolesOf, withScene } from './world.ts'

const offline = all('plan/offline', ['Check out', 'Validate', 'Say what was not planned'])
const online = all('plan/plan', ['Check out', 'Take the archive over', 'Plan'])

/** What GitHub tells of a pull request from a repository. */
function aPullRequest(from: string, login = 'ada'): Occasion {
  const pull_request = { number: 42, user: { login }, head: { ref: 'change', repo: { full_name: from } }, base: { ref: 'main' } }
  return { caller: 'plan.yml', event: 'pull_request', payload: { action: 'synchronize', number: 42, pull_request } }
}

onLinux('plan.yml', () => {
  const scene = withScene()
  let greeter: Clone

  beforeAll(async () => {
    greeter = await aClone(scene.engine.folder, scene.github, 'greeter', { '.': 'examples/greeter' })
    await addCallers(greeter, 'service.yml', 'plan.yml')
    const main = await push(greeter)
    await act(scene.engine, greeter, { caller: 'service.yml' })
    await change(greeter, 'cloudFormation/additions/inbox.yml', 'VisibilityTimeout: 60', 'VisibilityTimeout: 90')
    const head = { ref: 'change', sha: await push(greeter), repository: 'acme/greeter' }
    const about = { number: 42, title: '::error::@everyone | a title', state: 'open', author: 'ada' } as const
    greeter.github.pulls.set(42, { ...about, head, base: { ref: 'main', sha: main } })
  })

  const comments = (): readonly string[] => [...greeter.github.comments.values()].map(({ body }) => body)
  const headings = () =>
    comments()
      .map((body) => body.split('\n')[1])
      .toSorted()
  const logs = async () => [await scene.log('greeter', 'staging'), await scene.log('greeter', 'production')]

  async function plan(occasion: Occasion): Promise<Run> {
    scene.asked()
    scene.tokensAsked()
    return act(scene.engine, greeter, occasion)
  }

  describe('on a pull request of the repository itself', () => {
    test('plans each environment, says so in a comment for each, and changes nothing', async () => {
      const before = await logs()
      const run = await plan(aPullRequest('acme/greeter'))
      expectSteps(run, [...all('build/build', built), ...offline, ...online, ...offline, ...online], { order: false })
      expect(run.code).toBe(0)
      expect(rolesOf(run).toSorted()).toEqual(['plan/plan/Plan: towpath-production-plan', 'plan/plan/Plan: towpath-staging-plan'])
      expect(headings()).toEqual([
        '### ⚠️ `greeter` to `production`: 2 may be replaced, 1 changed',
        '### ⚠️ `greeter` to `staging`: 2 may be replaced, 1 changed',
      ])
      for (const comment of comments()) expect(comment).toMatch(/changed `Queue` .*\n +- `VisibilityTimeout`\n/)
      const asked = [...Array(2).fill('issues/create-comment 201'), ...Array(2).fill('issues/list-comments 200')]
      expect(scene.asked().toSorted()).toEqual(asked)
      expect(await logs()).toEqual(before)
      expect(greeter.github.deployments.size).toBe(2)
    })

    test('updates its comments on the next push', async () => {
      const ids = [...greeter.github.comments.keys()]
      await change(greeter, 'cloudFormation/additions/inbox.yml', 'VisibilityTimeout: 90', 'VisibilityTimeout: 90\n      DelaySeconds: 5')
      const commit = await push(greeter)
      expect((await plan(aPullRequest('acme/greeter'))).code).toBe(0)
      expect([...greeter.github.comments.keys()]).toEqual(ids)
      for (const comment of comments()) {
        expect(comment).toMatch(/changed `Queue` .*\n +- `DelaySeconds`\n +- `VisibilityTimeout`\n/)
        expect(comment).toContain(commit.slice(0, 12))
      }
      const wrote = scene.asked().filter((line) => !/list|users/.test(line))
      expect(wrote).toEqual(Array(2).fill('issues/update-comment 200'))
    })
  })

  test.each([
    ['a fork', aPullRequest('mallory/greeter')],
    ['Dependabot', aPullRequest('acme/greeter', 'dependabot[bot]')],
  ])('plans offline for %s, says so, and asks for no token', async (who, occasion) => {
    const run = await plan(occasion)
    expectSteps(run, [...all('build/build', built), ...offline, ...offline], { order: false })
    expect(run.code).toBe(0)
    expect(notesOf(run)).toEqual(
      Array(2).fill(
        `plan/offline/Say what was not planned: notice: a pull request from ${who} gets no credentials, so nothing was compared with what is live`,
      ),
    )
    expect([scene.asked(), scene.tokensAsked()]).toEqual([[], []])
  })
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Repository } from '../../local/github/repository.ts'
import { type GitHub, startGitHub } from '../../local/github/server.ts'
import { withAws } from '../support/aws.ts'
import { workflowTools } from '../support/prepared.ts'
import { root } from '../workflows/workflow.ts'
import { onLinux } from '../workflows/world.ts'
import { follow } from './follow.ts'
import { stepsOf } from './page.ts'
import { aReader } from './reader.ts'
import { aSite, type Site } from './site.ts'
import { type Asked, isTrusted, tokensIn } from './trusted.ts'

/** The account that the pages name. */
const ACCOUNT = '111122223333'

onLinux('the pages', () => {
  const aws = withAws()
  const asked: Asked[] = []
  const repositories = new Map<string, Repository>()
  let folder = ''
  let github: GitHub
  let site: Site

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'towpath-pages-'))
    github = await startGitHub()
    const { AWS_ENDPOINT_URL } = aws.environment()
    const { environment, happens } = await aSite(folder, github, { act: workflowTools().act, environment: { AWS_ENDPOINT_URL } })
    site = {
      environment,
      async happens(event, caller, place) {
        const from = github.requests.length
        const happened = await happens(event, caller, place)
        repositories.set(happened.clone.name, happened.clone.github)
        asked.push(...tokensIn(github.requests.slice(from), event, happened.clone))
        return happened
      },
    }
  })
  afterAll(async () => {
    await github?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Follows a page in a terminal of its own. With TOWPATH_PAGES, a folder, all that was printed is kept there, to write pages by. */
  async function followed(name: string, page: string): Promise<void> {
    const home = join(folder, name)
    const reader = await aReader(home, { ...site.environment, HOME: home, ...aws.environment(ACCOUNT) })
    const printed: string[] = []
    try {
      await follow(stepsOf(page), reader, site, (text) => printed.push(text))
    } finally {
      const { TOWPATH_PAGES: kept } = process.env
      if (kept) await writeFile(join(kept, `${name}.txt`), printed.join('\n'))
    }
  }

  test.each(['platform-team', 'service-team'])('%s: its commands, its files and what it says is printed', async (name) => {
    await followed(name, await readFile(join(root, 'docs', `${name}.md`), 'utf8'))
    expect(github.violations).toEqual([])
  })

  test('each job that acted as a role is one that the role trusts, as the page had it made', async () => {
    const settings = aws.client(ACCOUNT)
    expect(asked.length).toBeGreaterThan(20)
    const trusted = await Promise.all(asked.map((one) => isTrusted(one, ACCOUNT, settings)))
    expect(asked.filter((_, index) => !trusted[index])).toEqual([])
    // A canary: the same job of a repository that no page lets in, and of a workflow at another commit.
    for (const other of [{ github: { owner: 'acme', name: 'secrets', id: 1009, ownerId: 77 } }, { workflow: `x@${'0'.repeat(40)}` }])
      expect(await isTrusted({ ...asked[0], ...other } as Asked, ACCOUNT, settings)).toBe(false)
  })

  test('what was deployed is shown on GitHub: one deployment for each record, the last one of an environment as live', () => {
    const told = (name: string, environment: string) =>
      [...(repositories.get(name)?.deployments.values() ?? [])]
        .filter((one) => one.environment === environment)
        .map(({ task, statuses }) => `${task.split(':')[0]} ${statuses.at(-1)?.state}`)
    expect(told('platform', 'production')).toEqual(['deploy inactive', 'deploy success'])
    expect(told('greeter', 'staging')).toEqual(['deploy inactive', 'deploy inactive', 'deploy failure', 'deploy success'])
    expect(told('greeter', 'production')).toEqual(['deploy inactive', 'deploy inactive', 'rollback success'])
  })

  test('a page whose command, promise or workflow is wrong fails', async () => {
    const begin = '```sh\ngit clone --quiet https://github.com/acme/platform.git\ncd platform\n```\n'
    const push =
      "```sh\necho 'nonsense: true' >> platform.yml\ngit commit --quiet --all --message nonsense\ngit push --quiet origin main\n```\n"
    const act = '<!-- on GitHub: push .github/workflows/platform.yml -->\n'
    await expect(followed('a', '```sh\ntowpaht validate\n```')).rejects.toThrow('line 1: a command ended with 127')
    await expect(followed('b', `${begin}\`\`\`sh\ngit status\n\`\`\`\n\`\`\`text\nOn branch mian\n\`\`\``)).rejects.toThrow(
      'On branch mian',
    )
    await expect(followed('c', `${begin}${push}${act}`)).rejects.toThrow('the run ended red')
  })
})

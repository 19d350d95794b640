import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { startGitHub, type GitHub } from '../../local/github/server.ts'
import { ensureWorkflowTools } from '../../scripts/workflow-tools.mjs'
import { withAws } from '../support/aws.ts'
import { onLinux } from '../workflows/world.ts'
import { root } from '../workflows/workflow.ts'
import { follow } from './follow.ts'
import { stepsOf } from './page.ts'
import { aReader } from './reader.ts'
import { aSite, type Site } from './site.ts'

jest.setTimeout(300_000)

onLinux('the pages', () => {
  const aws = withAws()
  let folder = ''
  let github: GitHub
  let site: Site

  beforeAll(async () => {
    const { act } = await ensureWorkflowTools(root, { say: (line) => process.stderr.write(`${line}\n`) })
    folder = await mkdtemp(join(tmpdir(), 'towpath-pages-'))
    github = await startGitHub()
    const { AWS_ENDPOINT_URL } = aws.environment()
    site = await aSite(folder, github, { act, environment: { AWS_ENDPOINT_URL } })
  }, 300_000)
  afterAll(async () => {
    await github?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test.each(['platform-team', 'service-team'])('%s: every command, file and promise of it', async (page) => {
    const home = join(folder, page)
    const reader = await aReader(home, { ...site.environment, HOME: home, ...aws.environment('111122223333') })
    const steps = stepsOf(await readFile(join(root, 'docs', `${page}.md`), 'utf8'))
    const told: string[] = []
    try {
      await follow(steps, reader, site, (line) => told.push(line))
    } finally {
      if (process.env.TOWPATH_PAGES) await writeFile(join(process.env.TOWPATH_PAGES, `${page}.txt`), told.join('\n'))
    }
    expect(github.violations).toEqual([])
  })
})

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type GitHub, startGitHub } from '../../local/github/server.ts'
import { withAws } from '../support/aws.ts'
import { aJob } from '../support/github-tokens.ts'

/* A step in a process of its own, as the runner starts it, that gets its credentials from GitHub's word. */
const aws = withAws()
const root = fileURLToPath(new URL('../..', import.meta.url))
let github: GitHub
let variables: Readonly<Record<'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', string>>
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-credentials-'))
  github = await startGitHub()
  variables = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/oidc/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: github.admit(aJob({ repository: 'acme/delivery', environment: 'production' })),
  }
  await new S3Client({ ...aws.client(), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'acme-step' }))
  for (const file of ['output', 'summary']) await writeFile(join(folder, file), '')
})
afterAll(async () => {
  await github?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a step that acts as a role tells no secret but to have it masked, before all else that is said of it', async () => {
  const { code, stdout, stderr } = await step('sync-platform', {
    INPUT_PATH: join(root, 'platform'),
    INPUT_BUCKET: 'acme-step',
    INPUT_ROLE: 'towpath-publish',
    INPUT_ACCOUNT: '000000000000',
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.split('\n')
  const masked = lines.filter((line) => line.startsWith('::add-mask::')).map((line) => line.slice('::add-mask::'.length))
  const [token = 'none'] = github.idTokens
  expect(masked).toContain(token)
  expect(masked).toContain(variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN)
  expect(masked).toHaveLength(2 + 2 * 3)
  const told = [
    ...[lines.filter((line) => !line.startsWith('::add-mask::')).join('\n'), stderr],
    ...(await Promise.all(['output', 'summary'].map((file) => readFile(join(folder, file), 'utf8')))),
  ].join('\n')
  expect(told).toContain('acting as towpath-publish (session acme-delivery@7.1)')
  for (const secret of masked) expect(told).not.toContain(secret)
  expect(lines.findLastIndex((line) => line.startsWith('::add-mask::'))).toBeLessThan(
    lines.findIndex((line) => line.startsWith('acting as')),
  )
})

test('a step for another account asks for nothing', async () => {
  const before = github.idTokens.length
  const { code, stdout } = await step('sync-platform', {
    INPUT_PATH: join(root, 'platform'),
    INPUT_BUCKET: 'acme-step',
    INPUT_ROLE: 'arn:aws:iam::000000000000:role/towpath-publish',
    INPUT_ACCOUNT: '111111111111',
  })
  expect(code).toBe(2)
  expect(stdout).toContain('is of account 000000000000, and only account 111111111111 is allowed')
  expect(github.idTokens.length).toBe(before)
})

function step(verb: string, inputs: Readonly<Record<string, string>>): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = `import(${JSON.stringify(new URL('../../src/hosts/index.ts', import.meta.url).href)}).then(({ action }) => action('${verb}'))`
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, AWS_REGION: aws.region, AWS_ENDPOINT_URL: aws.endpoint, GITHUB_WORKSPACE: folder },
    ...{ GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/delivery', GITHUB_RUN_ID: '7', GITHUB_RUN_ATTEMPT: '1' },
    ...{ GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') },
    ...variables,
    ...inputs,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script], { env, cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

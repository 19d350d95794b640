import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startAws } from '../../local/aws.ts'
import { ensurePython } from '../../scripts/python.mjs'
import { withAws } from '../support/aws.ts'
import { aFunction } from '../support/lambda.ts'

const root = new URL('../..', import.meta.url).pathname
const aws = withAws()

test('JavaScript Lambdas run on our own Node and see nothing of our environment', async () => {
  const ours = { TOWPATH_MARK: 'of-the-caller', AWS_PROFILE: 'of-the-caller', PYTHONPATH: 'of-the-caller' }
  Object.assign(process.env, ours)
  const second = await startAws({ python: await ensurePython(root, { say() {} }) })
  const code = 'export const handler = () => ({ version: process.version, environment: process.env })'
  const lambda = await aFunction({ ...aws.client(), endpoint: second.endpoint }, 'nodejs24.x', code)
  const answer = await lambda.call()
  lambda.close()
  await second.stop()
  for (const name of Object.keys(ours)) delete process.env[name]
  expect(answer).toMatchObject({ version: process.version, environment: { AWS_ENDPOINT_URL: second.endpoint, AWS_REGION: 'eu-west-1' } })
  expect(JSON.stringify(answer)).not.toContain('of-the-caller')
})

test('Python Lambdas have boto3 and reach the emulator with it', async () => {
  const code = `
import boto3
def handler(event, context):
    return boto3.client('sts').get_caller_identity()['Account']
`
  const account = aws.account()
  const lambda = await aFunction(aws.client(account), 'python3.12', code)
  expect(await lambda.call()).toBe(account)
  lambda.close()
})

test('a second emulator has its own endpoint, and stopping it, even twice, leaves the first', async () => {
  const second = await startAws({ python: await ensurePython(root, { say() {} }) })
  expect(second.endpoint).not.toBe(aws.endpoint)
  await Promise.all([second.stop(), second.stop()])
  await second.stop()
  await second.ended
  await expect(fetch(second.endpoint)).rejects.toThrow()
  expect((await fetch(`${aws.endpoint}/_ministack/health`)).ok).toBe(true)
})

test('an emulator that ends before it answers is an error with the last of what it said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  const python = join(folder, 'python')
  await writeFile(python, '#!/bin/sh\necho "no module named ministack" >&2\nexit 3\n', { mode: 0o755 })
  await expect(startAws({ python })).rejects.toThrow(/^the local AWS did not start with .*exit code 3.*it said: no module named ministack$/)
  await rm(folder, { recursive: true })
})

test('an interrupted start ends with the reason of its signal', async () => {
  const interrupt = new AbortController()
  const starting = startAws({ python: await ensurePython(root, { say() {} }), signal: interrupt.signal })
  interrupt.abort(new Error('enough'))
  await expect(starting).rejects.toThrow('enough')
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { startAws } from '../../local/aws.ts'
import { ensurePython } from '../../scripts/python.mjs'
import { withAws } from '../support/aws.ts'
import { aFunction } from '../support/lambda.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
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

/** Starts with an interpreter that only runs this, and gives the message of the error. */
async function startedWith(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  const python = join(folder, 'python')
  await writeFile(python, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const error = await startAws({ python }).catch((error: Error) => error)
  await rm(folder, { recursive: true })
  return 'message' in error ? error.message : 'it started'
}

test('a launcher that fails is an error with the last of what it said', async () => {
  expect(await startedWith('echo "no module named ministack" >&2; exit 3')).toMatch(
    /^the local AWS did not start with .*: it ended at once \(exit code 3\); it said: no module named ministack$/,
  )
})

test('an emulator that ends before it answers is tried on other ports, and then an error', async () => {
  expect(await startedWith('echo 4194305; echo "address already in use" >&2')).toBe(
    'the local AWS ended 3 times before it answered; it said: address already in use',
  )
})

test('an interrupted start ends with the reason of its signal', async () => {
  const interrupt = new AbortController()
  const starting = startAws({ python: await ensurePython(root, { say() {} }), signal: interrupt.signal })
  interrupt.abort(new Error('enough'))
  await expect(starting).rejects.toThrow('enough')
})

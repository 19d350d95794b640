import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
} from '@aws-sdk/client-codedeploy'
import { describe, expect, test } from '@jest/globals'
import { readBody, writeBody } from '../../../local/codedeploy/wire.ts'

/** The members of every shape, from the SDK's own type definitions: `name?: Type | undefined`. */
const definitions = readFileSync(
  join(dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-codedeploy/package.json')), 'dist-types/models/models_0.d.ts'),
  'utf8',
).replaceAll(/\/\*\*.*?\*\//gs, '')
const shapes = new Map(
  [...definitions.matchAll(/export interface (\w+) \{(.*?)\n\}/gs)].map(([, name = '', body = '']) => [
    name,
    [...body.matchAll(/(\w+)\??: ([^;]+) \| undefined;/g)].map(([, member = '', type = '']) => [member, type] as const),
  ]),
)

/** A value of a type with every field there is. */
function sample(type: string): unknown {
  if (type.endsWith('[]')) return [sample(type.slice(0, -2))]
  if (type === 'Date') return new Date(1_790_000_000_250)
  if (type === 'number') return 7
  if (type === 'boolean') return true
  const map = /^Record<string, (.+)>$/.exec(type)
  if (map) return { key: sample(map[1] ?? '') }
  const members = shapes.get(type)
  // What is no shape is text or an enumeration, whose unknown values pass.
  return members ? Object.fromEntries(members.map(([name, of]) => [name, sample(of)])) : 'text'
}

const outputs = {
  GetDeploymentOutput: new GetDeploymentCommand({ deploymentId: 'd-1' }),
  GetDeploymentGroupOutput: new GetDeploymentGroupCommand({ applicationName: 'a', deploymentGroupName: 'b' }),
  BatchGetDeploymentTargetsOutput: new BatchGetDeploymentTargetsCommand({ deploymentId: 'd-1', targetIds: ['a'] }),
  GetDeploymentConfigOutput: new GetDeploymentConfigCommand({ deploymentConfigName: 'a' }),
}

/** The SDK on a connection whose every reply is this. */
function replying(body: string): CodeDeployClient {
  const response = { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: Buffer.from(body) }
  return new CodeDeployClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { handle: async () => ({ response }) },
  })
}

describe('a sample with every field survives the wire', () => {
  test.each(Object.entries(outputs))('%s', async (name, command) => {
    const all = sample(name) as object
    expect(Object.keys(all).length).toBeGreaterThan(0)
    const { $metadata: _, ...decoded } = await replying(writeBody(all)).send(command as GetDeploymentCommand)
    expect(decoded).toEqual(all)
  })
})

describe('times', () => {
  const read = async (createTime: unknown) => {
    const { deploymentInfo } = await replying(JSON.stringify({ deploymentInfo: { createTime } })).send(outputs.GetDeploymentOutput)
    return deploymentInfo?.createTime
  }
  test('are seconds, with fractions', async () => expect(await read(1_790_000_000.25)).toEqual(new Date(1_790_000_000_250)))
  test('as text are refused', () => expect(read('2026-03-02T09:00:00Z')).rejects.toThrow(TypeError))
  test('in milliseconds are far away', async () => expect((await read(1_790_000_000_250))?.getUTCFullYear()).toBeGreaterThan(50_000))
  test('of a request are read as seconds', () => {
    expect(readBody('{"createTimeRange":{"start":1790000000.25}}')).toEqual({ createTimeRange: { start: new Date(1_790_000_000_250) } })
    expect(readBody('no JSON')).toBeUndefined()
  })
})

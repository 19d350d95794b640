import { describe, expect, test } from '@jest/globals'
import { nodeFiles } from '../../src/adapters/node/files.ts'
import { nodeProcesses } from '../../src/adapters/node/process.ts'
import type { MapNode } from '../../src/document/node.ts'
import { lint } from '../../src/release/lint.ts'
import { readTemplate } from '../../src/template/read.ts'
import { memoryFiles } from '../world/files.ts'

const template = (text: string): MapNode => {
  const { root } = readTemplate(text, 'main.yml', 'platform')
  if (!root) throw new Error('the test has no template')
  return root
}
const bucket = template('Resources:\n  Data:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketNam: x\n')

describe('the linter', () => {
  test('is not asked about nothing, and not where it is not installed', async () => {
    const never = { has: async () => false, run: () => Promise.reject(new Error('it was asked')) }
    expect(await lint(memoryFiles(), never, new Map([['main', bucket]]))).toEqual([])
    expect(await lint(memoryFiles(), { ...never, has: async () => true }, new Map())).toEqual([])
  })

  test('leaves no file behind, even if it fails', async () => {
    const files = memoryFiles()
    await lint(files, { has: async () => true, run: async () => '[]' }, new Map([['main', bucket]]))
    const failing = { has: async () => true, run: () => Promise.reject(new Error('no')) }
    await expect(lint(files, failing, new Map([['main', bucket]]))).rejects.toThrow('no')
    expect(files.paths()).toEqual([])
  })

  test('of this machine, if it has one, finds a property that no bucket has, at its line', async () => {
    const real = nodeProcesses()
    const finding = {
      template: 'data',
      rule: 'E3002',
      level: 'error',
      pointer: '/Resources/Data/Properties/BucketNam',
      file: 'main.yml',
      line: 5,
    }
    const advice = await lint(nodeFiles(), real, new Map([['data', bucket]]))
    // cfn-lint is not ours to install: where it is missing there is no advice, which is all that can be seen.
    expect(advice).toEqual((await real.has('cfn-lint')) ? expect.arrayContaining([expect.objectContaining(finding)]) : [])
  })
})

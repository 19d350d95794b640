import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../src/errors.ts'
import { inspectPlatform, readPlatform } from '../../src/platform/read.ts'
import { lines, shown, wholePlatform } from '../service/support.ts'
import { memoryFiles } from '../world/files.ts'

const sound = lines(`
  platform: acme
  version: 3.2.0
  environments: { staging: { account: "000000000001", region: eu-west-1 } }
  blueprints: { function: { stacks: { function: { template: function.yml } }, ship: { with: stack } } }
`)

async function refusal(tree: Record<string, string>): Promise<TowpathError> {
  const error: unknown = await readPlatform(memoryFiles(tree), '/repo').catch((thrown: unknown) => thrown)
  if (!(error instanceof TowpathError)) throw new Error('it was not refused')
  return error
}

test('a platform is read from its folder', async () => {
  expect(await readPlatform(memoryFiles({ '/repo/platform.yml': sound }), '/repo')).toMatchObject({
    file: '/repo/platform.yml',
    name: { value: 'acme' },
  })
  expect(await readPlatform(memoryFiles({ '/repo/platform.yaml': sound }), '/repo')).toMatchObject({ file: '/repo/platform.yaml' })
})

describe('a platform is refused for', () => {
  test('not being there', async () => {
    const error = await refusal({ '/repo/service.yml': '' })
    expect([error.code, error.message, error.hint]).toEqual([
      'bad-input',
      'no platform.yml in /repo',
      'it holds a service.yml: name a platform repository with --path',
    ])
  })

  test('being there twice', async () => {
    const error = await refusal({ '/repo/platform.yml': sound, '/repo/platform.yaml': sound })
    expect(error).toMatchObject({ message: 'platform.yml and platform.yaml are both there', at: { file: '/repo/platform.yaml' } })
  })

  test('every problem at once, keys that are not supported included', async () => {
    const error = await refusal({
      '/repo/platform.yml': wholePlatform.replace('3.2.0', 'three').replace('stateful: refuse', 'stateful: warn'),
    })
    expect(error.problems.map(shown)).toEqual([
      "/repo/platform.yml:2:10: version: expected an exact version such as 3.2.0, got 'three'",
      expect.stringMatching(/^\/repo\/platform\.yml:\d+:\d+: 'gates\.stateful: warn' is not supported by this version of towpath/),
    ])
  })

  test('keys that are not supported are told apart where it is only inspected', async () => {
    const asking = { '/repo/platform.yml': wholePlatform.replace('stateful: refuse', 'stateful: warn') }
    const { platform, problems, unsupported } = await inspectPlatform(memoryFiles(asking), '/repo')
    expect([platform?.name.value, problems.length, unsupported.length]).toEqual(['acme', 0, 1])
  })
})

import { describe, expect, test } from '@jest/globals'
import { descriptorKind } from '../../src/document/descriptor.ts'
import { TowpathError } from '../../src/errors.ts'
import { inspectService, readService } from '../../src/service/read.ts'
import { folder, link, memoryFiles, type Tree } from '../world/files.ts'
import { aService, shown } from './support.ts'

const inRepo = (files: Tree): Tree => Object.fromEntries(Object.entries(files).map(([path, node]) => [`/repo/${path}`, node]))
const read = (files: Tree) => readService(memoryFiles(inRepo({ 'service.yml': aService, ...files })), '/repo')

async function refusal(files: Tree, at = '/repo'): Promise<TowpathError> {
  const error: unknown = await readService(memoryFiles(inRepo(files)), at).catch((thrown: unknown) => thrown)
  if (!(error instanceof TowpathError)) throw new Error('it was not refused')
  return error
}

describe('a repository', () => {
  test('is read with its overrides and additions, by name', async () => {
    const service = await read({
      'cloudFormation/overrides/scaling.yml': 'Resources: {}\n',
      'cloudFormation/overrides/data.json': '{}',
      'cloudFormation/additions/ledger.yaml': '',
      'cloudFormation/additions/README.md': '# why',
      'cloudFormation/additions/.gitkeep': '',
      'cloudFormation/README.md': '# why',
      'src/index.js': '',
    })
    expect(service.name.value).toBe('delivery')
    expect(service.file).toBe('/repo/service.yml')
    expect(service.overrides).toEqual([
      { name: 'data', file: '/repo/cloudFormation/overrides/data.json', text: '{}' },
      { name: 'scaling', file: '/repo/cloudFormation/overrides/scaling.yml', text: 'Resources: {}\n' },
    ])
    expect(service.additions).toEqual([{ name: 'ledger', file: '/repo/cloudFormation/additions/ledger.yaml', text: '' }])
  })

  test('needs none of them', async () => {
    expect(await read({})).toMatchObject({ overrides: [], additions: [] })
  })

  test('may call it service.yaml', async () => {
    const files = memoryFiles({ '/repo/service.yaml': aService })
    expect((await readService(files, '/repo')).file).toBe('/repo/service.yaml')
  })
})

describe('a repository is refused for', () => {
  test.each<[string, Tree, string, string]>([
    ['no descriptor', { 'src/a.js': '' }, 'no service.yml in /repo', 'write one, or name the folder that has it with --path'],
    [
      'a descriptor under another name',
      { 'Service.yml': '' },
      'no service.yml in /repo',
      "did you mean 'Service.yml'? it must be called service.yml",
    ],
    [
      'being a platform',
      { 'platform.yml': '' },
      'no service.yml in /repo',
      'it holds a platform.yml: name a service repository with --path',
    ],
  ])('%s', async (_, files, message, hint) => {
    const error = await refusal(files)
    expect([error.code, error.message, error.hint]).toEqual(['bad-input', message, hint])
  })

  test('not being there', async () => {
    const error = await refusal({}, '/other')
    expect([error.code, error.message, error.hint]).toEqual(['bad-input', 'no folder /other', 'name the repository with --path'])
  })

  test('one problem: it is the message, at its place', async () => {
    const error = await refusal({ 'service.yml': aService.replace('owner', 'ownr') })
    expect(error).toMatchObject({
      code: 'bad-input',
      message: "unknown key 'ownr'",
      hint: "did you mean 'owner'?",
      at: { file: '/repo/service.yml', line: 2, column: 1 },
    })
  })

  test('every problem at once, keys that are not supported included', async () => {
    const error = await refusal({
      'service.yml': `${aService.replace('function', 'Function')}checks: []\n`,
      'service.yaml': aService,
      'notes.txt': '',
      'cloudFormation/override/a.yml': '',
      'cloudFormation/network.yml': '',
      'cloudFormation/overrides/a.yml': '{}',
      'cloudFormation/overrides/a.json': '{}',
      'cloudFormation/overrides/b.txt': '',
      'cloudFormation/overrides/deep': folder,
      'cloudFormation/overrides/c.yml': link('a.yml'),
      'cloudFormation/additions/d.yml': Uint8Array.of(0xff),
    })
    expect(error.message).toBe('the service in /repo has 10 problems')
    expect(error.problems.map(shown)).toEqual([
      "/repo/service.yml:3:12: blueprint: expected the name of a blueprint: lower case letters, digits and hyphens, beginning with a letter, got 'Function'",
      "/repo/service.yml:6:1: 'checks' is not supported by this version of towpath (remove it, or use a version that has it)",
      '/repo/service.yaml:1:1: service.yml and service.yaml are both there (remove one of them)',
      "/repo/cloudFormation/network.yml:1:1: the file 'network.yml' has no effect here (templates are read from overrides/ and additions/)",
      "/repo/cloudFormation/override:1:1: the folder 'override' has no effect here (did you mean 'overrides'?)",
      "/repo/cloudFormation/overrides/a.yml:1:1: 'a' is there twice: /repo/cloudFormation/overrides/a.json has the same name (join the two in one file)",
      '/repo/cloudFormation/overrides/b.txt:1:1: not a template (templates end in .yml, .yaml, .json or .template)',
      '/repo/cloudFormation/overrides/c.yml:1:1: a link is not a template (put the template itself into this folder)',
      '/repo/cloudFormation/overrides/deep:1:1: a folder is not a template (put the template itself into this folder)',
      '/repo/cloudFormation/additions/d.yml:1:1: not UTF-8 (save it as UTF-8)',
    ])
  })

  test('keys that are not supported are told apart where it is only inspected', async () => {
    const files = memoryFiles({ '/repo/service.yml': `${aService}rollback: {}\n` })
    const { service, problems, unsupported } = await inspectService(files, '/repo')
    expect([service?.name.value, problems.length, unsupported.length]).toEqual(['delivery', 0, 1])
  })
})

describe('which descriptor a folder has', () => {
  test.each([
    ['service.yml', 'service'],
    ['service.yaml', 'service'],
    ['platform.yml', 'platform'],
  ])('%s', async (name, kind) => {
    expect(await descriptorKind(memoryFiles({ [`/repo/${name}`]: '' }), '/repo')).toBe(kind)
  })

  test('neither, or both, is an error', async () => {
    await expect(descriptorKind(memoryFiles({ '/repo/a': '' }), '/repo')).rejects.toThrow('no service.yml or platform.yml in /repo')
    await expect(descriptorKind(memoryFiles({}), '/repo')).rejects.toThrow('no folder /repo')
    const both = memoryFiles({ '/repo/service.yml': '', '/repo/platform.yml': '' })
    await expect(descriptorKind(both, '/repo')).rejects.toThrow('both a service.yml and a platform.yml in /repo')
  })
})

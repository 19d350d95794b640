import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../src/digest.ts'
import type { MergedTemplateRow } from '../../src/render/merged.ts'
import { aPlatform, aService, aTemplate, memoryWorld, readyWorld } from '../world/towpath.ts'

const nested = { Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'child.json' } } }
const platform = aPlatform({ templates: { main: aTemplate({ resources: nested }), child: aTemplate() } })
const service: Readonly<Record<string, string>> = {
  ...aService({ additions: { ledger: aTemplate() } }),
  '/service/cloudFormation/overrides/main.yml': 'Resources:\n  Thing:\n    Properties:\n      Size: 2\n',
}

/** Merges the service of some files, and reads what was written. */
async function merged(inputs: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>> = { ...platform, ...service }) {
  const world = memoryWorld()
  world.write(files)
  const ran = await world.run('merge-templates', { bucket: undefined, out: '/out', explain: false, ...inputs })
  const templates = (ran.outputs.templates ?? []) as readonly MergedTemplateRow[]
  return { world, ...ran, templates }
}

describe('merge-templates', () => {
  test('gives each stack, its file and its digest, nested templates after the one that names them', async () => {
    const { templates, outputs } = await merged({ platform: '/platform' })
    expect(templates.map(({ stack, file }) => [stack, file])).toEqual([
      ['main', '/out/main.json'],
      ['main/Inner', '/out/main/Inner.json'],
      ['ledger', '/out/ledger.json'],
    ])
    expect(outputs.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  test('writes files whose SHA-256 are the digests', async () => {
    const { world, templates } = await merged({ platform: '/platform' })
    for (const { file, digest } of templates) expect(digestOf((await world.disk.read(file)) ?? '')).toBe(digest)
  })

  test('writes what a release would hold', async () => {
    const { templates } = await merged({ platform: '/platform' })
    const world = await readyWorld(platform, service)
    await world.run('create-release')
    for (const { digest } of templates) expect(world.bucket.bytes(`blobs/sha256/${digest.slice(7)}`)).toBeDefined()
  })

  test('touches no cloud with --platform', async () => {
    const { world } = await merged({ platform: '/platform', bucket: 'acme-platform' })
    expect([world.bucket.requests, world.cloud.requests]).toEqual([[], []])
  })

  test('gives the same from the bucket', async () => {
    const here = await merged({ platform: '/platform' })
    const world = await readyWorld(platform, service)
    const there = await world.run('merge-templates', { out: '/out', explain: false })
    expect(there.outputs).toEqual(here.outputs)
  })

  test('explains of every value which file and line it comes from', async () => {
    const { templates } = await merged({ platform: '/platform', explain: true })
    const origins = new Map(templates[0]?.origins?.map(({ pointer, file, line }) => [pointer, `${file}:${line}`]))
    expect(origins.get('/Resources/Thing/Properties/Size')).toBe('/service/cloudFormation/overrides/main.yml:4')
    expect(origins.get('/Resources/Thing/Type')).toBe('/platform/cloudFormation/main.json:1')
    expect(templates[2]?.origins?.every(({ file }) => file === '/service/cloudFormation/additions/ledger.json')).toBe(true)
    expect((await merged({ platform: '/platform' })).templates[0]).not.toHaveProperty('origins')
  })

  test('writes nothing if anything is wrong', async () => {
    const { error, world } = await merged(
      { platform: '/platform' },
      { ...platform, ...aService({ overrides: { main: { Resources: { Thnig: {} } } } }) },
    )
    expect(error).toMatchObject({
      code: 'bad-input',
      message: "no resource 'Thnig' in platform template main.json",
    })
    expect(world.disk.paths().filter((path) => path.startsWith('/out/'))).toEqual([])
  })

  test('says only that of a blueprint that is not there, and not that every override is a stray', async () => {
    const files = { ...platform, ...service, '/service/service.yml': service['/service/service.yml']?.replace('thing', 'thin') ?? '' }
    const { error } = await merged({ platform: '/platform' }, files)
    expect(error).toMatchObject({ message: "blueprint: the platform has no blueprint 'thin'", hint: "did you mean 'thing'?" })
  })
})

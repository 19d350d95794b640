import { expect, test } from '@jest/globals'
import { aPlatform, aService, aTemplate, readyWorld } from '../../world/towpath.ts'

test('2: a plan names the release and the version of the platform that it goes from and to', async () => {
  const world = await readyWorld()
  expect((await world.run('plan')).outputs).toMatchObject({ previous: null, platform: { from: null, to: '1.0.0' } })
  const first = (await world.run('deploy')).outputs.release
  world.write(aPlatform({ version: '1.1.0', templates: { main: aTemplate({ properties: { Size: 3 } }) } }))
  await world.run('sync-platform', { path: '/platform' })
  const { outputs } = await world.run('plan')
  expect(outputs).toMatchObject({ previous: first, platform: { from: '1.0.0', to: '1.1.0' } })
  expect(outputs.markdown).toMatch(/^Release `[0-9a-f]{12}` → `[0-9a-f]{12}`; platform `1\.0\.0` → `1\.1\.0`$/m)
  const dry = await world.run('deploy', { 'dry-run': true })
  expect(dry.outputs).toMatchObject({ release: outputs.release, previous: first, plan: { platform: { from: '1.0.0', to: '1.1.0' } } })
  expect(world.lines.join('\n')).toMatch(/^release [0-9a-f]{12} → [0-9a-f]{12}; platform 1\.0\.0 → 1\.1\.0$/m)
})

test('2: neither is in the digest', async () => {
  const world = await readyWorld()
  const { release } = (await world.run('create-release')).outputs
  const stored = { service: 'delivery', release }
  await world.run('deploy', stored)
  const digest = (await world.run('plan', stored)).outputs.digest
  // Another tool's version is present now, and no stack has moved.
  const recorded = await world.run('log-deployment', { service: 'delivery', version: 'v7', outcome: 'succeeded' })
  expect(recorded.error).toBeUndefined()
  const after = (await world.run('plan', stored)).outputs
  expect(after).toMatchObject({ previous: null, platform: { from: null }, digest })
})

const sized = (type: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...aTemplate({ properties: { Size: { Ref: 'Size' } } }),
  Parameters: { Size: { Type: type, Default: '5', ...more } },
})
const given = aService({ lines: ['environments: { staging: { parameters: { main: { Size: 99 } } } }'] })
const notGiven = aService({ lines: ['environments: { staging: {} }'] })

test('2: a live value that changes to a default is a line with both values', async () => {
  const world = await readyWorld(aPlatform({ templates: { main: sized('String') } }), given)
  await world.run('deploy')
  world.write(notGiven)
  const { outputs } = await world.run('plan')
  expect(outputs.stacks).toMatchObject([{ defaults: [{ parameter: 'Size', before: '99', after: '5' }] }])
  expect(outputs.markdown).toContain("- parameter `Size`: `99` → `5`, the template's default")
  await world.run('deploy', { 'dry-run': true })
  expect(world.lines.join('\n')).toContain("parameter Size: 99 → 5, the template's default")
})

test('2: and none where the value is given, or the same', async () => {
  const world = await readyWorld(aPlatform({ templates: { main: sized('String') } }), given)
  await world.run('deploy')
  world.write(aService({ lines: ['environments: { staging: { parameters: { main: { Size: 7 } } } }'] }))
  expect((await world.run('plan')).outputs.stacks).toMatchObject([{ defaults: [] }])
})

test('2: it is hidden where its name says that it is a secret', async () => {
  const template = {
    ...aTemplate({ properties: { Size: { Ref: 'DbPassword' } } }),
    Parameters: { DbPassword: { Type: 'String', Default: 'fallback' } },
  }
  const world = await readyWorld(
    aPlatform({ templates: { main: template } }),
    aService({ lines: ['environments: { staging: { parameters: { main: { DbPassword: hunter22 } } } }'] }),
  )
  await world.run('deploy')
  world.write(notGiven)
  const { outputs } = await world.run('plan')
  expect(JSON.stringify(outputs)).not.toMatch(/hunter22|fallback/)
  expect(outputs.markdown).toContain('parameter `DbPassword`: hidden → hidden')
})

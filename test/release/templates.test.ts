import { describe, expect, test } from '@jest/globals'
import { aPlatform, aService, aTemplate } from '../world/towpath.ts'
import { hintsOf, problemsOf, released } from './support.ts'

/** A platform whose stack `main` nests a template. */
const nesting = (url = 'child.json', child: unknown = aTemplate()): Record<string, string> =>
  aPlatform({
    templates: {
      main: { Resources: { Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: url } } } },
      ...(child === undefined ? {} : { child }),
    },
  })

describe('a nested template', () => {
  test('is a template of the release, by the logical id that names it', async () => {
    const { manifest, world } = await released(aService(), nesting('./child.json'))
    const nested = manifest?.stacks.main?.nested
    expect(Object.keys(nested ?? {})).toEqual(['Inner'])
    expect(world.bucket.json(`blobs/sha256/${nested?.Inner?.template.slice(7)}`)).toEqual(aTemplate())
  })

  test('can be overridden and added to as any template of the blueprint', async () => {
    const overrides = { child: { Resources: { Thing: { Properties: { Size: 2 } } } } }
    const additions = { child: { Resources: { Other: { Type: 'Test::Towpath::Thing', Properties: {} } } } }
    const { manifest, world, ran } = await released(aService({ overrides, additions }), nesting())
    expect(ran.error).toBeUndefined()
    expect(Object.keys(manifest?.stacks ?? {})).toEqual(['main'])
    expect(world.bucket.json(`blobs/sha256/${manifest?.stacks.main?.nested.Inner?.template.slice(7)}`)).toMatchObject({
      Resources: { Thing: { Properties: { Size: 2 } }, Other: {} },
    })
  })

  test('that is overridden is no stray, even if the template around it has a problem', async () => {
    const overrides = { main: { Resources: { Innner: {} } }, child: { Resources: { Thing: { Properties: { Size: 2 } } } } }
    const { ran } = await released(aService({ overrides }), nesting())
    expect(problemsOf(ran)).toEqual([
      "/service/cloudFormation/overrides/main.json:1: no resource 'Innner' in platform template main.json (1.0.0)",
    ])
  })

  test("cannot be nested by a service's own stack", async () => {
    const additions = {
      ledger: { Resources: { Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'child.json' } } } },
    }
    const { ran } = await released(aService({ additions }))
    expect(problemsOf(ran)).toEqual([
      "/service/cloudFormation/additions/ledger.json:1: the TemplateURL 'child.json' of 'Inner' is relative, and only the platform's templates can be nested",
    ])
  })
})

describe('a file that matches no template of the blueprint', () => {
  test('is refused as an override, with the nearest name', async () => {
    const { ran } = await released(aService({ overrides: { mian: {} } }))
    expect(problemsOf(ran)).toEqual(["/service/cloudFormation/overrides/mian.json:1: the blueprint has no template 'mian' to override"])
    expect(hintsOf(ran)).toEqual(["did you mean 'main'?"])
  })

  test('is a stack of its own as an addition, with the place in the graph that its references give it', async () => {
    const additions = { ledger: aTemplate({ parameters: ['Main'] }) }
    const lines = ['stacks: { ledger: { inputs: { Main: main.Name } } }']
    const { manifest } = await released(aService({ additions, lines }))
    expect(Object.keys(manifest?.stacks ?? {})).toEqual(['ledger', 'main'])
    expect(manifest?.environments.staging?.parameters.ledger).toEqual({ Main: { from: 'main.Name' } })
  })
})

test('a dangling Ref after the merge is refused at its line', async () => {
  const platform = aPlatform({
    templates: {
      main: aTemplate({
        resources: { Other: { Type: 'Test::Towpath::Thing', Properties: { Of: { Ref: 'Thing' } } } },
        outputs: { Name: { Value: 'x' } },
      }),
    },
  })
  const overrides = { main: { Resources: { Thing: { 'Towpath::Remove': true } } } }
  const { ran } = await released(aService({ overrides }), platform)
  expect(ran.error?.code).toBe('bad-input')
  expect(problemsOf(ran)).toEqual(["main.json (1.0.0):1: no parameter or resource 'Thing' for Ref"])
})

test('a template that is used with an override for one service leaves the platform as it was', async () => {
  const { world } = await released(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
  const before = world.bucket.json('platform/releases/1.0.0.json')
  world.write(aService({ name: 'other' }))
  await world.run('create-release')
  expect(world.bucket.json('platform/releases/1.0.0.json')).toEqual(before)
})

import { type MapNode, type Node, whereIs } from '../document/node.ts'
import { entriesOf, itemsOf, member, stringOf } from '../document/placed.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type Finding, pointerTo } from '../template/advice/finding.ts'
import { macrosOf, serverless } from '../template/macros.ts'
import { isModule } from '../template/modules.ts'
import { makesEntries, sectionOf } from '../template/sections.ts'
import { attributeProblems } from './attributes.ts'
import { checkProperties } from './check.ts'
import { knownTypes, resourceType } from './resource-type.ts'
import type { TypeData } from './shape.ts'

/** What the published schemas say of a template's resources. */
export interface InspectedResources {
  /** Properties and attributes that a known type does not have. */
  readonly problems: readonly Problem[]
  /** Required properties and values: schemas are wrong at times, and a template that works must not be stopped. */
  readonly advice: readonly Finding[]
  /** Types that our data does not have, in words. */
  readonly unchecked: readonly string[]
}

const nothing: InspectedResources = { problems: [], advice: [], unchecked: [] }

/**
 * Checks the resources of a merged template against what AWS publishes of their types. A template that an unknown macro changes is not
 * checked: what it will hold is not in the text. Whoever knows better than the schemas says so as cfn-lint's users do, in the Metadata of
 * the template or the resource: `cfn-lint: { config: { ignore_checks: [E3002] } }` for properties, E1010 for attributes.
 */
export async function inspectResources(root: MapNode): Promise<InspectedResources> {
  const macros = macrosOf(root).filter((name) => name !== serverless && !name.startsWith('Fn::ForEach::'))
  if (macros.length > 0) return nothing
  const problems: Problem[] = []
  const advice: Finding[] = []
  const unchecked: string[] = []
  const types = new Map<string, TypeData>()
  for (const [id, { value }] of sectionOf(root, 'Resources')) {
    const type = member(value, 'Type')
    const name = type && stringOf(type)
    if (makesEntries(id) || !type || name === undefined || isAnything(name)) continue
    const data = await resourceType(name)
    if (data === undefined) {
      const { file, line } = whereIs(type.place)
      unchecked.push(`${file}:${line}: resource ${quote(id)}: type ${quote(name)} is private, or newer than this version of towpath`)
      advice.push(...(await misspelt(name, type, pointerTo(pointerTo('/Resources', id), 'Type'))))
      continue
    }
    types.set(id, data)
    const found = checkProperties(name, data, value, pointerTo('/Resources', id))
    if (!ignores(root, value, 'E3002')) problems.push(...found.problems)
    advice.push(...found.advice)
  }
  if (!ignores(root, root, 'E1010')) problems.push(...attributeProblems(root, types))
  return { problems, advice, unchecked }
}

/** Types whose properties are whatever their owner makes of them. */
function isAnything(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource' || isModule(type)
}

async function misspelt(name: string, { place }: Node, pointer: string): Promise<readonly Finding[]> {
  const near = name.length > 255 ? undefined : nearest(name, await knownTypes())
  if (near === undefined) return []
  return [{ rule: 'type', level: 'warning', pointer, place, message: `unknown type ${quote(name)}: did you mean '${near}'?` }]
}

function ignores(root: MapNode, resource: Node, check: string): boolean {
  return [root, resource].some((owner) => {
    const config = member(member(member(owner, 'Metadata'), 'cfn-lint'), 'config')
    return entriesOf(config).size > 0 && itemsOf(member(config, 'ignore_checks')).some((item) => stringOf(item) === check)
  })
}

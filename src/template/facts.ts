import { type MapNode, type Node, type Place, scalarText } from '../document/node.ts'
import { member } from '../document/placed.ts'
import { type Constraints, constraintsOf } from './constraints.ts'
import { makesEntries, sectionOf } from './sections.ts'

export { type Capability, capabilities } from './capabilities.ts'
export { evaluateCondition } from './condition.ts'
export { type NestedTemplate, nested } from './nested.ts'

/*
 * Facts of a merged template, read off its tree. Names that a macro will make are not among them.
 */

export interface ParameterFact {
  /** Such as `String`, `CommaDelimitedList`, `AWS::EC2::VPC::Id`. */
  readonly type: string
  readonly default?: string
  /** True if its value is a secret. */
  readonly noEcho: boolean
  readonly constraints: Constraints
  readonly place: Place
}

export interface OutputFact {
  /** The output is there only if this condition holds. */
  readonly condition?: string
  readonly place: Place
}

export interface ResourceFact {
  readonly type: string
  /** The resource is there only if this condition holds. */
  readonly condition?: string
  /** Undefined if there is none, or if it is computed. */
  readonly deletionPolicy?: string
  readonly updateReplacePolicy?: string
  readonly place: Place
}

export function parameters(root: MapNode): ReadonlyMap<string, ParameterFact> {
  return facts(root, 'Parameters', (parameter, place) => {
    const type = text(parameter, 'Type')
    if (type === undefined) return undefined
    const value = text(parameter, 'Default')
    const noEcho = text(parameter, 'NoEcho')?.toLowerCase() === 'true'
    return { type, ...(value === undefined ? {} : { default: value }), noEcho, constraints: constraintsOf(parameter), place }
  })
}

export function outputs(root: MapNode): ReadonlyMap<string, OutputFact> {
  return facts(root, 'Outputs', (output, place) => {
    const condition = text(output, 'Condition')
    return { ...(condition === undefined ? {} : { condition }), place }
  })
}

export function resources(root: MapNode): ReadonlyMap<string, ResourceFact> {
  return facts(root, 'Resources', (resource, place) => {
    const type = text(resource, 'Type')
    if (type === undefined) return undefined
    const deletionPolicy = text(resource, 'DeletionPolicy')
    const updateReplacePolicy = text(resource, 'UpdateReplacePolicy')
    const condition = text(resource, 'Condition')
    return {
      type,
      ...(condition === undefined ? {} : { condition }),
      ...(deletionPolicy === undefined ? {} : { deletionPolicy }),
      ...(updateReplacePolicy === undefined ? {} : { updateReplacePolicy }),
      place,
    }
  })
}

function facts<F>(root: MapNode, section: string, take: (node: Node, place: Place) => F | undefined): ReadonlyMap<string, F> {
  const found = new Map<string, F>()
  for (const [name, { key, value }] of sectionOf(root, section)) {
    const fact = makesEntries(name) ? undefined : take(value, key)
    if (fact !== undefined) found.set(name, fact)
  }
  return found
}

function text(node: Node, key: string): string | undefined {
  const value = member(node, key)
  return value?.kind === 'scalar' ? scalarText(value) : undefined
}

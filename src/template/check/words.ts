import { type MapNode, type Node, problemAt } from '../../document/node.ts'
import { member, stringOf } from '../../document/placed.ts'
import { quote } from '../../document/show.ts'
import type { Problem } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import { constraintsOf, unmet } from '../constraints.ts'
import { parameters } from '../facts.ts'
import { macrosOf, serverless, transformsOf } from '../macros.ts'
import { makesEntries, sectionOf } from '../sections.ts'
import { writeValue } from '../write.ts'

/** The words of two attributes of a resource. Source: CloudFormation template reference. */
const words: ReadonlyMap<string, readonly string[]> = new Map([
  ['DeletionPolicy', ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot']],
  ['UpdateReplacePolicy', ['Delete', 'Retain', 'Snapshot']],
])

/** Functions and keys that only a transform understands. Source: CloudFormation template reference, AWS::LanguageExtensions. */
const extensions = /^Fn::(ForEach::.*|Length|ToJsonString)$/
const languageExtensions = 'AWS::LanguageExtensions'

/** What CloudFormation would refuse of a whole template by its words alone. */
export function wordProblems(root: MapNode): Problem[] {
  return [...policyProblems(root), ...outputProblems(root), ...transformProblems(root), ...defaultProblems(root)]
}

function policyProblems(root: MapNode): Problem[] {
  return [...sectionOf(root, 'Resources')].flatMap(([id, { value }]) =>
    [...words].flatMap(([attribute, allowed]) => {
      const node = member(value, attribute)
      const word = node && stringOf(node)
      if (!node || word === undefined || allowed.includes(word)) return []
      const near = nearest(word, allowed)
      const message = `invalid ${attribute} ${quote(word)} of resource ${quote(id)}`
      return [problemAt(node.place, message, near === undefined ? `write one of ${allowed.join(', ')}` : `did you mean '${near}'?`)]
    }),
  )
}

/** Outputs without a value, and two that export one name. Those under two conditions may exclude each other. */
function outputProblems(root: MapNode): Problem[] {
  const exported = new Map<string, { readonly output: string; readonly condition: Node | undefined }>()
  return [...sectionOf(root, 'Outputs')].flatMap(([output, { key, value }]) => {
    if (makesEntries(output) || value.kind !== 'map') return []
    const problems = member(value, 'Value') ? [] : [problemAt(key, `output ${quote(output)} has no Value`, 'give it one')]
    const name = member(member(value, 'Export'), 'Name')
    if (!name) return problems
    const condition = member(value, 'Condition')
    const other = exported.get(writeValue(name))
    exported.set(writeValue(name), { output, condition })
    if (!other || (other.condition && condition && writeValue(other.condition) !== writeValue(condition))) return problems
    return [
      ...problems,
      problemAt(name.place, `outputs ${quote(other.output)} and ${quote(output)} export the same name`, 'give one of them another name'),
    ]
  })
}

function transformProblems(root: MapNode): Problem[] {
  const transforms = transformsOf(root)
  const others = macrosOf(root).some((name) => !extensions.test(name))
  // A macro that we do not know may bring, or understand, anything.
  if (others) return []
  const found: Problem[] = []
  if (!transforms.includes(languageExtensions)) needsExtensions(found, root)
  for (const [id, { value }] of sectionOf(root, 'Resources')) {
    const type = member(value, 'Type')
    if (type && /^AWS::Serverless::/.test(stringOf(type) ?? ''))
      found.push(
        problemAt(type.place, `the type of resource ${quote(id)} needs the transform ${serverless}`, `write 'Transform: ${serverless}'`),
      )
  }
  return found.slice(0, 1)
}

function needsExtensions(found: Problem[], node: Node): void {
  if (node.kind === 'list') for (const item of node.items) needsExtensions(found, item)
  if (node.kind !== 'map') return
  for (const [name, { key, value }] of node.entries) {
    if (extensions.test(name))
      found.push(problemAt(key, `${quote(name)} needs the transform ${languageExtensions}`, `write 'Transform: ${languageExtensions}'`))
    if (name !== 'Metadata') needsExtensions(found, value)
  }
}

function defaultProblems(root: MapNode): Problem[] {
  return [...parameters(root)].flatMap(([name, { type, default: value }]) => {
    const node = sectionOf(root, 'Parameters').get(name)?.value
    const written = member(node, 'Default')
    if (!node || !written || value === undefined) return []
    const reason = unmet(type, constraintsOf(node), value)
    return reason === undefined
      ? []
      : [problemAt(written.place, `the default ${quote(value)} of parameter ${quote(name)} ${reason}`, 'give another default')]
  })
}

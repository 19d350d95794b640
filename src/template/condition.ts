import { type MapNode, type Node, type ScalarNode, scalarText } from '../document/node.ts'
import { entriesOf, itemsOf, member, stringOf } from '../document/placed.ts'
import { functionOf } from './function.ts'
import { sectionOf } from './sections.ts'
import { substitute } from './sub.ts'

/** Values by name, as they are given to a stack. */
type Given = Readonly<Record<string, string>>

/** How far conditions may name each other, so that a long chain of them ends and not the stack. */
const longestChain = 100

interface Evaluation {
  readonly root: MapNode
  readonly parameters: Given
  readonly pseudo: Given
  /** What is known of each condition; those under way are unknown, which ends a circle. */
  readonly known: Map<string, boolean | undefined>
  readonly chain: number
}

/**
 * Whether a condition of a template holds for a stack with these parameters and pseudo parameters (`AWS::Region`), or undefined if it
 * cannot be known. A parameter that is not given is not known: its default is for the caller to give, who knows whether it will be taken.
 */
export function evaluateCondition(root: MapNode, name: string, parameters: Given, pseudo: Given): boolean | undefined {
  return conditionNamed({ root, parameters, pseudo, known: new Map(), chain: 0 }, name)
}

function conditionNamed(evaluation: Evaluation, name: string): boolean | undefined {
  const { root, known, chain } = evaluation
  if (known.has(name)) return known.get(name)
  known.set(name, undefined)
  const condition = sectionOf(root, 'Conditions').get(name)
  const holds = condition && chain < longestChain ? truth({ ...evaluation, chain: chain + 1 }, condition.value) : undefined
  known.set(name, holds)
  return holds
}

function truth(evaluation: Evaluation, node: Node): boolean | undefined {
  const [name, argument] = callOf(node)
  if (!argument) return undefined
  const parts = () => itemsOf(argument).map((item) => truth(evaluation, item))
  switch (name) {
    case 'Condition': {
      const condition = stringOf(argument)
      return condition === undefined ? undefined : conditionNamed(evaluation, condition)
    }
    case 'Fn::And':
      return not(any(parts().map(not)))
    case 'Fn::Or':
      return any(parts())
    case 'Fn::Not':
      return itemsOf(argument).length === 1 ? not(any(parts())) : undefined
    case 'Fn::Equals': {
      const [one, other, ...more] = itemsOf(argument).map((item) => value(evaluation, item))
      return typeof one === 'string' && typeof other === 'string' && more.length === 0 ? one === other : undefined
    }
    default:
      return undefined
  }
}

/** True if one is, whatever else is unknown. */
function any(parts: readonly (boolean | undefined)[]): boolean | undefined {
  if (parts.includes(true)) return true
  return parts.includes(undefined) || parts.length === 0 ? undefined : false
}

function not(part: boolean | undefined): boolean | undefined {
  return part === undefined ? undefined : !part
}

/** The value of a node: a text, or a list of texts; undefined if it cannot be known. */
function value(evaluation: Evaluation, node: Node): string | readonly string[] | undefined {
  if (node.kind === 'scalar') return isCertain(node) ? settled(scalarText(node)) : undefined
  const [name, argument] = callOf(node)
  if (!argument) return undefined
  const texts = (nodes: readonly Node[]) => allTexts(nodes.map((item) => value(evaluation, item)))
  switch (name) {
    case 'Ref':
      return referenced(evaluation, stringOf(argument) ?? '')
    case 'Fn::Join': {
      const [separator, list] = itemsOf(argument)
      const joined = list && (list.kind === 'list' ? texts(list.items) : value(evaluation, list))
      return separator?.kind === 'scalar' && Array.isArray(joined) ? joined.join(scalarText(separator)) : undefined
    }
    case 'Fn::FindInMap': {
      const [mapping = '', first = '', second = '', ...more] = texts(itemsOf(argument)) ?? []
      const found = member(member(sectionOf(evaluation.root, 'Mappings').get(mapping)?.value, first), second)
      return found && more.length === 0 ? value(evaluation, found) : undefined
    }
    case 'Fn::Sub':
      return substituted(evaluation, argument)
    default:
      return undefined
  }
}

/** What CloudFormation makes of the text of `2.0` is not known: it may compare it as `2`. */
function isCertain(node: ScalarNode): boolean {
  return typeof node.value !== 'number' || String(node.value) === node.written
}

/** A scalar as text; a dynamic reference is only resolved by CloudFormation. */
function settled(text: string): string | undefined {
  return text.includes('{{resolve:') ? undefined : text
}

function referenced({ root, parameters, pseudo }: Evaluation, name: string): string | readonly string[] | undefined {
  if (Object.hasOwn(pseudo, name)) return pseudo[name]
  const type = scalarOf(member(sectionOf(root, 'Parameters').get(name)?.value, 'Type'))
  const given = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (type === undefined || given === undefined) return undefined
  // Such a parameter holds the name of a stored value; Ref gives the value.
  if (type.startsWith('AWS::SSM::Parameter::Value<')) return undefined
  if (type !== 'CommaDelimitedList' && !type.startsWith('List<')) return settled(given)
  return allTexts(given.split(',').map((one) => settled(one.trim())))
}

function substituted(evaluation: Evaluation, argument: Node): string | undefined {
  const [text, own] = argument.kind === 'list' ? argument.items : [argument]
  const template = text && stringOf(text)
  if (template === undefined) return undefined
  return substitute(template, (name) => {
    const given = entriesOf(own).get(name)
    const known = given ? value(evaluation, given.value) : referenced(evaluation, name)
    return typeof known === 'string' ? known : undefined
  })
}

function allTexts(values: readonly (string | readonly string[] | undefined)[]): string[] | undefined {
  const texts = values.filter((one) => typeof one === 'string')
  return texts.length === values.length ? texts : undefined
}

function scalarOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' ? scalarText(node) : undefined
}

/** The function that a node calls, and what with. */
function callOf(node: Node): readonly [string | undefined, Node | undefined] {
  const name = functionOf(node, 'Conditions')
  return [name, name === undefined ? undefined : member(node, name)]
}

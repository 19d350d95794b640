import { type Node, problemAt } from '../document/node.ts'
import { itemsOf, member } from '../document/placed.ts'
import { quote, showNode } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type Finding, pointerTo } from '../template/advice/finding.ts'
import { functionOf } from '../template/function.ts'
import { isMap, resolved } from './properties.ts'
import type { ListShape, MapShape, Shape, TypeData } from './shape.ts'
import { wrongNumberOf, wrongScalar } from './values.ts'

interface Checked {
  readonly problems: Problem[]
  readonly advice: Finding[]
}

interface Checking extends Checked {
  readonly type: string
  readonly data: TypeData
}

/** Where a value stands in its resource: as messages say it, and as a JSON pointer into the template. */
interface Spot {
  readonly name: string
  readonly pointer: string
}

/** Checks the properties of a resource, at a JSON pointer, against what is known of its type. */
export function checkProperties(type: string, data: TypeData, resource: Node, pointer: string): Checked {
  const checking: Checking = { type, data, problems: [], advice: [] }
  const properties = member(resource, 'Properties') ?? { kind: 'map', entries: new Map(), place: resource.place }
  check(checking, data.body, properties, { name: '', pointer: pointerTo(pointer, 'Properties') })
  return checking
}

function check(checking: Checking, written: Shape, node: Node, spot: Spot): void {
  const shape = resolved(checking.data, written)
  const call = functionOf(node, undefined)
  const list = listOf(shape)
  if (call !== undefined) checkBranches(checking, shape, node, call, spot)
  else if (isMap(shape)) checkMap(checking, shape, node, spot)
  else if (list) checkList(checking, list, node, spot)
  else if (shape !== '*') {
    const wrong = wrongScalar(shape, node)
    if (wrong !== undefined) advise(checking, node, spot, wrong)
  }
}

/** What a function gives is not known, but for the two branches of `Fn::If`. */
function checkBranches(checking: Checking, shape: Shape, node: Node, call: string, { name, pointer }: Spot): void {
  if (call !== 'Fn::If') return
  for (const [index, branch] of itemsOf(member(node, call)).entries())
    if (index > 0) check(checking, shape, branch, { name, pointer: pointerTo(pointerTo(pointer, call), index) })
}

function checkMap(checking: Checking, shape: MapShape, node: Node, { name: above, pointer }: Spot): void {
  if (node.kind !== 'map') {
    advise(checking, node, { name: above, pointer }, `expected a map, got ${showNode(node)}`)
    return
  }
  let isWhole = true
  for (const [name, { key, value }] of node.entries) {
    if (name.startsWith('Fn::')) isWhole = false
    else if (Object.hasOwn(shape.p, name)) {
      const inner = { name: above === '' ? name : `${above}.${name}`, pointer: pointerTo(pointer, name) }
      check(checking, shape.p[name] ?? '*', value, inner)
    } else if (shape.o !== 1) {
      const near = nearest(name, Object.keys(shape.p))
      const where = above === '' ? checking.type : `${above} of ${checking.type}`
      const hint =
        near === undefined ? `remove it; there is ${Object.keys(shape.p).sort().slice(0, 12).join(', ')}` : `did you mean '${near}'?`
      checking.problems.push(problemAt(key, `unknown property ${quote(name)} of ${where}`, hint))
    }
  }
  // SAM's Globals may give what a resource does not.
  if (!isWhole || checking.type.startsWith('AWS::Serverless::')) return
  for (const name of shape.r ?? []) {
    if (node.entries.has(name)) continue
    const message = `${above === '' ? checking.type : `${above} of ${checking.type}`} needs the property ${quote(name)}`
    checking.advice.push({ rule: 'required-property', level: 'warning', pointer, place: node.place, message })
  }
}

function listOf(shape: Shape): ListShape | undefined {
  if (typeof shape === 'string') return undefined
  if (isList(shape)) return { l: shape[0] ?? '*' }
  return 'l' in shape ? shape : undefined
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape)
}

function checkList(checking: Checking, shape: ListShape, node: Node, { name, pointer }: Spot): void {
  if (node.kind !== 'list') {
    advise(checking, node, { name, pointer }, `expected a list, got ${showNode(node)}`)
    return
  }
  const wrong = node.items.some((item) => functionOf(item, undefined) !== undefined) ? undefined : wrongNumberOf(shape, node.items.length)
  if (wrong !== undefined) advise(checking, node, { name, pointer }, wrong)
  for (const [index, item] of node.items.entries())
    check(checking, shape.l, item, { name: `${name}[${index}]`, pointer: pointerTo(pointer, index) })
}

function advise({ advice, type }: Checking, { place }: Node, { name, pointer }: Spot, wrong: string): void {
  const message = `${name === '' ? 'Properties' : name} of ${type}: ${wrong}`
  advice.push({ rule: 'value', level: 'warning', pointer, place, message })
}

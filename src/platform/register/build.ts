import type { Node } from '../../document/node.ts'
import { entriesOf, itemsOf, member, named, type Placed, placed, required, stringOf } from '../../document/placed.ts'
import type { GateLevel, GateLevels, Policies, RegisteredService, SubjectForm } from '../platform.ts'

/** What platform.yml says of services, people and gates. Total, like platform/build.ts: what has another shape is left out. */
export function policiesOf(root: Node): Policies {
  const services = member(root, 'services')
  return {
    workflows: textsOf(member(root, 'workflows')),
    operators: textsOf(member(root, 'operators')),
    ...(services ? { services: named(services, registeredOf) } : {}),
    gates: gatesOf(member(root, 'gates')),
  }
}

function registeredOf(node: Node): RegisteredService {
  const blueprint = placed(member(node, 'blueprint'), stringOf)
  const branch = member(node, 'branch')
  const branches = (branch?.kind === 'list' ? textsOf(branch) : textsIn(branch)).map(({ value }) => value)
  return {
    repository: required(node, 'repository'),
    id: required(node, 'id'),
    ownerId: required(node, 'owner-id'),
    subject: subjectOf(member(node, 'subject')),
    branches: branches.length > 0 ? branches : ['main'],
    ...(blueprint ? { blueprint } : {}),
    path: placed(member(node, 'path'), stringOf)?.value ?? '.',
    stacks: named(member(node, 'stacks'), textsOf),
  }
}

function textsOf(node: Node | undefined): readonly Placed<string>[] {
  return itemsOf(node).flatMap(textsIn)
}

function textsIn(node: Node | undefined): readonly Placed<string>[] {
  const text = placed(node, stringOf)
  return text ? [text] : []
}

const forms: Readonly<Record<SubjectForm, true>> = { names: true, ids: true, both: true }

function subjectOf(node: Node | undefined): SubjectForm {
  const text = node && stringOf(node)
  return text !== undefined && isKey(forms, text) ? text : 'ids'
}

const levels: Readonly<Record<GateLevel, true>> = { allow: true, warn: true, approve: true, refuse: true }

function gatesOf(node: Node | undefined): GateLevels {
  const stateful = statefulOf(member(node, 'stateful'))
  const others = (['exports', 'access', 'adoption'] as const).flatMap((gate) => {
    const level = levelOf(member(node, gate))
    return level ? [[gate, level] as const] : []
  })
  return { ...(stateful ? { stateful } : {}), ...Object.fromEntries(others) }
}

function statefulOf(node: Node | undefined): GateLevels['stateful'] {
  if (node?.kind !== 'map') return levelOf(node)
  const byType = [...entriesOf(node)].flatMap(([type, { value }]) => {
    const level = levelOf(value)
    return level ? [[type, level] as const] : []
  })
  return Object.fromEntries(byType)
}

function levelOf(node: Node | undefined): GateLevel | undefined {
  const text = node && stringOf(node)
  return text !== undefined && isKey(levels, text) ? text : undefined
}

function isKey<T extends object>(table: T, text: string): text is keyof T & string {
  return Object.hasOwn(table, text)
}

import { type Data, toData } from '../document/data.ts'
import type { MapNode } from '../document/node.ts'
import { parameters as parametersOf } from './facts.ts'
import { macrosOf } from './macros.ts'
import { variablesOf } from './sub.ts'

/** Where the secrets that a template is given may go in it. */
export interface SecretFlow {
  /** Parameters whose values are secret. */
  readonly parameters: ReadonlySet<string>
  /** What the template itself gives those parameters that are given nothing. */
  readonly defaults: readonly string[]
  /** Outputs that hold a secret. */
  readonly outputs: ReadonlySet<string>
  /** True if the value at a path below a resource's `Properties` may hold a secret, or if the template does not tell. */
  reaches(logicalId: string, path: readonly string[]): boolean
}

/** How a template is looked at: `isSecret` judges names; `fed` are parameters known to be given secrets from elsewhere. */
export interface FlowOptions {
  readonly isSecret: (name: string) => boolean
  readonly fed: ReadonlySet<string>
}

type Members = Readonly<Record<string, Data>>

interface Mention {
  readonly name: string
  /** Of a resource; undefined for its `Ref`. */
  readonly attribute: string | undefined
}

/**
 * Follows secrets through a template: from parameters with `NoEcho`, or with the name of a secret, into properties, from there through the
 * attributes that give a property back, and into outputs. Pure; it errs on the side of hiding.
 */
export function secretFlow(root: MapNode, { isSecret, fed }: FlowOptions): SecretFlow {
  const template = membersOf(toData(root))
  const resources = membersOf(template.Resources)
  const declared = [...parametersOf(root)].filter(([name, { noEcho }]) => noEcho || isSecret(name) || fed.has(name))
  const parameters = new Set(declared.map(([name]) => name))
  const tainted = new Map<string, Set<string>>()

  const carries = ({ name, attribute }: Mention): boolean => {
    if (attribute !== undefined && isSecret(attribute)) return true
    if (parameters.has(name)) return true
    const properties = tainted.get(name)
    if (properties === undefined) return false
    // What foreign code makes of a secret may be anything, its physical id too.
    if (!gives(membersOf(resources[name]).Type)) return true
    return attribute !== undefined && properties.has(attribute.split('.')[0] ?? '')
  }
  const holds = (data: Data | undefined): boolean => mentionsIn(data).some(carries)

  for (let grew = true; grew; ) {
    grew = false
    for (const [logicalId, resource] of Object.entries(resources))
      for (const [property, value] of Object.entries(membersOf(membersOf(resource).Properties))) {
        if (tainted.get(logicalId)?.has(property) || !holds(value)) continue
        tainted.set(logicalId, (tainted.get(logicalId) ?? new Set()).add(property))
        grew = true
      }
  }

  const outputs = Object.entries(membersOf(template.Outputs)).filter(([name, output]) => isSecret(name) || holds(membersOf(output).Value))
  const unknown = macrosOf(root).length > 0 && parameters.size > 0
  return {
    parameters,
    defaults: declared.flatMap(([, fact]) => fact.default ?? []),
    outputs: new Set(outputs.map(([name]) => name)),
    reaches: (logicalId, path) => unknown || (Object.hasOwn(resources, logicalId) && holds(below(resources[logicalId], path))),
  }
}

/** True if a type's attributes are AWS's own, which give back what a property was given only under that property's name. */
function gives(type: Data | undefined): boolean {
  return typeof type === 'string' && type.startsWith('AWS::') && !type.startsWith('AWS::CloudFormation::')
}

/** What stands at a path, or as near to it as maps lead: places in a list may be others than before, and functions have none. */
function below(resource: Data | undefined, path: readonly string[]): Data | undefined {
  let here: Data | undefined = membersOf(resource).Properties
  for (const key of path) {
    const members = membersOf(here)
    if (isFunction(members) || (Object.keys(members).length === 0 && here !== undefined) || Array.isArray(here)) return here
    here = Object.hasOwn(members, key) ? members[key] : undefined
  }
  return here
}

function isFunction(members: Members): boolean {
  const [only, ...others] = Object.keys(members)
  return only !== undefined && others.length === 0 && (only === 'Ref' || only.startsWith('Fn::'))
}

function mentionsIn(data: Data | undefined): readonly Mention[] {
  if (Array.isArray(data)) return data.flatMap(mentionsIn)
  const members = membersOf(data)
  return Object.entries(members).flatMap(([key, value]) => [...named(key, value), ...mentionsIn(value)])
}

function named(key: string, value: Data): readonly Mention[] {
  if (key === 'Ref' && typeof value === 'string') return [{ name: value, attribute: undefined }]
  if (key === 'Fn::GetAtt') return [dotted(Array.isArray(value) ? value.join('.') : String(value))]
  if (key !== 'Fn::Sub') return []
  const text = Array.isArray(value) ? value[0] : value
  return typeof text === 'string' ? variablesOf(text).map(({ name }) => dotted(name)) : []
}

function dotted(text: string): Mention {
  const dot = text.indexOf('.')
  return dot === -1 ? { name: text, attribute: undefined } : { name: text.slice(0, dot), attribute: text.slice(dot + 1) }
}

function membersOf(data: Data | undefined): Members {
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Members) : {}
}

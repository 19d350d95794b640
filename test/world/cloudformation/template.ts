import type { Json } from '../../../src/json.ts'
import type { Members, OutputDefinition, ParameterDefinition, ResourceDefinition, Template } from './model.ts'
import { beyond, invalid } from './refusal.ts'
import { snapshotted } from './types.ts'
import { isMembers, membersOf, printed } from './values.ts'

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Rules',
  'Resources',
  'Outputs',
])
const resourceAttributes = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'CreationPolicy',
  'UpdatePolicy',
  'DeletionPolicy',
  'UpdateReplacePolicy',
])
const parameterTypes = /^(String|Number|CommaDelimitedList|List<[\w:]+>|AWS::[\w:]+(<[\w:<>]+>)?)$/
/** The most there may be of each. Source: CloudFormation quotas. */
const quotas = { Resources: 500, Parameters: 200, Outputs: 200 } as const

/** Reads a template, refusing what AWS refuses before it looks at anything else. Only JSON, which is what Towpath sends. */
export function readTemplate(text: string): Template {
  const document = parse(text)
  if (Object.hasOwn(document, 'Transform')) throw beyond('Transform')
  const strange = Object.keys(document).filter((section) => !sections.has(section))
  if (strange.length > 0) throw invalid(`Invalid template property or properties [${strange.join(', ')}]`)
  refuseNull(document, '')
  for (const section of ['Parameters', 'Resources', 'Outputs'] as const) {
    const count = Object.keys(membersOf(document[section])).length
    if (count > quotas[section]) {
      throw invalid(
        `Template format error: Number of ${section.toLowerCase()}, ${count}, is greater than maximum allowed, ${quotas[section]}`,
      )
    }
  }
  if (Object.keys(membersOf(document.Resources)).length === 0) {
    throw invalid('Template format error: At least one Resources member must be defined.')
  }
  return {
    text,
    parameters: map(document.Parameters, readParameter),
    mappings: membersOf(document.Mappings),
    conditions: membersOf(document.Conditions),
    resources: map(document.Resources, readResource),
    outputs: map(document.Outputs, readOutput),
  }
}

function parse(text: string): Members {
  let document: Json
  try {
    document = JSON.parse(text)
  } catch {
    throw invalid('Template format error: JSON not well-formed.')
  }
  if (!isMembers(document)) throw invalid('Template format error: unsupported structure.')
  return document
}

function refuseNull(value: Json, path: string): void {
  if (value === null) throw invalid(`[${path}] 'null' values are not allowed in templates`)
  const members: Iterable<readonly [string | number, Json]> = Array.isArray(value) ? value.entries() : Object.entries(membersOf(value))
  for (const [key, member] of members) refuseNull(member, `${path}/${key}`)
}

function map<T>(section: Json | undefined, read: (name: string, definition: Members) => T): Record<string, T> {
  const entries = Object.entries(membersOf(section)).map(([name, definition]): [string, T] => [name, read(name, membersOf(definition))])
  return Object.fromEntries(entries)
}

function readParameter(name: string, definition: Members): ParameterDefinition {
  const { Type: type, Default: standard } = definition
  if (type === undefined) throw invalid('Template format error: Every Parameters object must contain a Type member.')
  if (typeof type !== 'string' || !parameterTypes.test(type)) {
    throw invalid(`Template format error: Unrecognized parameter type: ${printed(type)}`)
  }
  if (!/^[A-Za-z0-9]+$/.test(name)) throw invalid(`Template format error: Parameter name ${name} is non alphanumeric.`)
  return {
    type,
    noEcho: String(definition.NoEcho) === 'true',
    constraints: definition,
    ...(standard === undefined ? {} : { default: printed(standard) }),
  }
}

function readResource(name: string, definition: Members): ResourceDefinition {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw invalid(`Template format error: Resource name ${name} is non alphanumeric.`)
  const { Type: type, Condition: condition, DependsOn: needs, DeletionPolicy: deletion, UpdateReplacePolicy: replacing } = definition
  if (typeof type !== 'string') {
    throw invalid(`Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`)
  }
  if (!/^(\w+::\w+::\w+|Custom::[\w@-]+)$/.test(type)) throw invalid(`Template format error: Unrecognized resource types: [${type}]`)
  const strange = Object.keys(definition).find((attribute) => !resourceAttributes.has(attribute))
  if (strange) throw invalid(`Invalid template resource property '${strange}'`)
  return {
    type,
    properties: membersOf(definition.Properties),
    metadata: definition.Metadata ?? {},
    dependsOn: (Array.isArray(needs) ? needs : needs === undefined ? [] : [needs]).map(printed),
    ...(typeof condition === 'string' ? { condition } : {}),
    ...(deletion === undefined ? {} : { deletionPolicy: readPolicy('DeletionPolicy', deletion, type) }),
    ...(replacing === undefined ? {} : { updateReplacePolicy: readPolicy('UpdateReplacePolicy', replacing, type) }),
  }
}

function readPolicy(attribute: 'DeletionPolicy' | 'UpdateReplacePolicy', value: Json, type: string): string {
  const policy = printed(value)
  const known = policy === 'Delete' || policy === 'Retain' || policy === 'Snapshot'
  if (!known && !(policy === 'RetainExceptOnCreate' && attribute === 'DeletionPolicy')) {
    throw invalid(`Template error: Unrecognized ${attribute} ${policy}`)
  }
  if (policy === 'Snapshot' && !snapshotted(type)) {
    throw invalid(
      `Template error: resource type ${type} does not support ${attribute === 'DeletionPolicy' ? 'deletion' : 'update replace'} policy Snapshot`,
    )
  }
  return policy
}

function readOutput(name: string, definition: Members): OutputDefinition {
  const { Value: value, Condition: condition } = definition
  if (value === undefined) throw invalid('Template format error: Every Outputs member must contain a Value object')
  if (!/^[A-Za-z0-9]+$/.test(name)) throw invalid(`Template format error: Output name ${name} is non alphanumeric.`)
  return { value, ...(typeof condition === 'string' ? { condition } : {}) }
}

import type { Json } from '../../../src/json.ts'
import type { Members, Target } from './model.ts'
import { referredValue } from './parameters.ts'
import { attributeIn } from './references.ts'
import { beyond, invalid } from './refusal.ts'
import type { Place } from './types.ts'
import { callOf, isMembers, membersOf, printed, same } from './values.ts'

/** What a change set shows for a value that only the execution will tell. Source: recorded answers of DescribeChangeSet. */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}'

/** Where names are looked up while a template is evaluated. */
export interface Scope {
  readonly place: Place
  readonly stack: { readonly name: string; readonly id: string }
  readonly target: Target
  readonly conditions: Readonly<Record<string, boolean>>
  /** What `Ref` gives for a resource. */
  readonly id: (logicalId: string) => string
  readonly attribute: (logicalId: string, attribute: string) => string
}

/** The value, with every function called; undefined for AWS::NoValue. */
export function evaluate(value: Json, scope: Scope): Json | undefined {
  const call = callOf(value)
  if (call) return apply(call.name, call.argument, scope)
  if (Array.isArray(value)) return value.map((item: Json) => evaluate(item, scope)).filter((item) => item !== undefined)
  if (isMembers(value)) return evaluateMembers(value, scope)
  return value
}

export function evaluateMembers(members: Members, scope: Scope): Members {
  const evaluated = Object.entries(members).map(([name, member]) => [name, evaluate(member, scope)] as const)
  return Object.fromEntries(evaluated.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined))
}

function apply(name: string, argument: Json, scope: Scope): Json | undefined {
  const list = (): readonly Json[] => (Array.isArray(argument) ? argument : [argument])
  const text = (value: Json | undefined): string => printed(evaluate(value ?? '', scope) ?? '')
  switch (name) {
    case 'Ref':
      return refer(printed(argument), scope)
    case 'Fn::GetAtt': {
      const { name: logicalId, attribute } = attributeIn(argument)
      return scope.attribute(logicalId, attribute)
    }
    case 'Fn::If': {
      const [condition, yes, no] = list()
      const branch = scope.conditions[printed(condition ?? '')] ? yes : no
      return branch === undefined ? undefined : evaluate(branch, scope)
    }
    case 'Fn::Sub':
      return substitute(list(), scope)
    case 'Fn::Join': {
      const items = evaluate(list()[1] ?? [], scope)
      return Array.isArray(items) ? items.map(printed).join(printed(list()[0] ?? '')) : printed(items ?? '')
    }
    case 'Fn::Split':
      return text(list()[1]).split(printed(list()[0] ?? ','))
    case 'Fn::Select':
      return select(list(), scope)
    case 'Fn::FindInMap': {
      const [map, first, second] = list().map(text)
      const found = membersOf(membersOf(scope.target.template.mappings[map ?? ''])[first ?? ''])[second ?? '']
      if (found === undefined) throw invalid(`Template error: Unable to get mapping for ${map}::${first}::${second}`)
      return found
    }
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64')
    case 'Fn::GetAZs':
      return ['a', 'b', 'c'].map((zone) => `${text(argument) || scope.place.region}${zone}`)
    case 'Fn::Cidr':
      return Array.from({ length: Number(text(list()[1])) }, (_, index) => `${text(list()[0])}#${index}`)
    default:
      throw beyond(name)
  }
}

function select(list: readonly Json[], scope: Scope): Json {
  const index = Number(printed(evaluate(list[0] ?? 0, scope) ?? 0))
  const items = evaluate(list[1] ?? [], scope)
  const item = Array.isArray(items) ? items[index] : undefined
  if (item !== undefined) return item
  if (JSON.stringify(items ?? '').includes(KNOWN_AFTER_APPLY)) return KNOWN_AFTER_APPLY
  throw invalid(`Template error: Fn::Select cannot select nonexistent value at index ${index}`)
}

function refer(name: string, scope: Scope): Json | undefined {
  const { region, account } = scope.place
  switch (name) {
    case 'AWS::NoValue':
      return undefined
    case 'AWS::Region':
      return region
    case 'AWS::AccountId':
      return account
    case 'AWS::StackName':
      return scope.stack.name
    case 'AWS::StackId':
      return scope.stack.id
    case 'AWS::Partition':
      return 'aws'
    case 'AWS::URLSuffix':
      return 'amazonaws.com'
    case 'AWS::NotificationARNs':
      return []
  }
  const { parameters, template } = scope.target
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  return value === undefined ? scope.id(name) : referredValue(value, template.parameters[name]?.type ?? 'String')
}

function substitute([pattern = '', own = {}]: readonly Json[], scope: Scope): string {
  const local = membersOf(own)
  return printed(pattern).replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, written: string) => {
    if (literal) return `\${${written}}`
    const name = written.trim()
    const member = local[name]
    if (member !== undefined) return printed(evaluate(member, scope) ?? '')
    if (name.includes('.') && !name.startsWith('AWS::')) {
      const reference = attributeIn(name)
      return scope.attribute(reference.name, reference.attribute)
    }
    return printed(refer(name, scope) ?? '')
  })
}

/** Every condition of a template; conditions know parameters and pseudo parameters only. */
export function conditionsOf(scope: Omit<Scope, 'conditions'>): Record<string, boolean> {
  const definitions = scope.target.template.conditions
  const inConditions: Scope = { ...scope, conditions: {} }
  const decide = (value: Json, depth: number): boolean => {
    if (depth > 50) throw invalid('Template error: circular condition dependency')
    const call = callOf(value, true)
    const items = Array.isArray(call?.argument) ? call.argument : []
    switch (call?.name) {
      case 'Condition': {
        const definition = definitions[printed(call.argument)]
        if (definition === undefined) throw invalid(`Template format error: Unresolved condition dependency ${printed(call.argument)}`)
        return decide(definition, depth + 1)
      }
      case 'Fn::Equals':
        return same(evaluate(items[0] ?? '', inConditions), evaluate(items[1] ?? '', inConditions))
      case 'Fn::And':
        return items.every((item) => decide(item, depth + 1))
      case 'Fn::Or':
        return items.some((item) => decide(item, depth + 1))
      case 'Fn::Not':
        return !decide(items[0] ?? false, depth + 1)
      default:
        throw invalid(`Template format error: Conditions can only be boolean operations on parameters and other conditions`)
    }
  }
  return Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, decide(definition, 0)]))
}

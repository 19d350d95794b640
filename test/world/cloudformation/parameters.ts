import type { Json } from '../../../src/json.ts'
import type { ChangeSetRequest } from '../../../src/stack/stacks.ts'
import type { ParameterDefinition, Target, Template } from './model.ts'
import { invalid } from './refusal.ts'

/**
 * The value of every parameter of a template, refusing what AWS refuses.
 * @param live what the stack is now, for values that are kept
 */
export function parameterValues(template: Template, request: ChangeSetRequest, live: Target | undefined): Record<string, string> {
  const given = Object.keys(request.parameters)
  const declared = Object.keys(template.parameters)
  if (given.length > 0 && declared.length === 0) throw invalid('Parameter values specified for a template which does not require them.')
  const unknown = given.filter((name) => !Object.hasOwn(template.parameters, name))
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`)
  const values = new Map<string, string>()
  for (const [name, definition] of Object.entries(template.parameters)) {
    const value = sentValue(name, definition, request, live)
    if (value !== undefined) values.set(name, value)
  }
  const missing = declared.filter((name) => !values.has(name))
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`)
  for (const [name, value] of values) checkValue(name, value, template.parameters[name])
  return Object.fromEntries(values)
}

function sentValue(name: string, definition: ParameterDefinition, request: ChangeSetRequest, live: Target | undefined): string | undefined {
  const sent = request.parameters[name]
  if (sent === undefined) return definition.default
  if ('value' in sent) return sent.value
  if (request.type === 'CREATE') throw invalid('Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE')
  const kept = live?.parameters[name]
  if (kept !== undefined) return kept
  throw invalid(
    `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
  )
}

function checkValue(name: string, value: string, definition: ParameterDefinition | undefined): void {
  if (!definition) return
  if (Buffer.byteLength(value) > 4_096) throw invalid(`Parameter '${name}' must contain at most 4096 bytes`)
  const problem = problemOf(value, definition)
  if (problem === undefined) return
  const { ConstraintDescription: described } = definition.constraints
  throw invalid(described === undefined ? `Parameter '${name}' ${problem}` : `Parameter ${name} failed to satisfy constraint: ${described}`)
}

function problemOf(value: string, { type, constraints }: ParameterDefinition): string | undefined {
  const { AllowedValues: allowed, AllowedPattern: pattern } = constraints
  if (Array.isArray(allowed) && !allowed.map(String).includes(value)) return 'must be one of AllowedValues'
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) return `must match pattern ${pattern}`
  if (under(value.length, constraints.MinLength)) return `must contain at least ${constraints.MinLength} characters`
  if (over(value.length, constraints.MaxLength)) return `must contain at most ${constraints.MaxLength} characters`
  if (type !== 'Number') return undefined
  if (value.trim() === '' || !Number.isFinite(Number(value))) return 'must be a number.'
  if (under(Number(value), constraints.MinValue)) return `must be a number not less than ${constraints.MinValue}`
  if (over(Number(value), constraints.MaxValue)) return `must be a number not greater than ${constraints.MaxValue}`
  return undefined
}

const under = (size: number, limit: Json | undefined): boolean => limit !== undefined && size < Number(limit)
const over = (size: number, limit: Json | undefined): boolean => limit !== undefined && size > Number(limit)

/** What `Ref` to a parameter gives: a list for list types; an SSM parameter has no value here but an invented one. */
export function referredValue(value: string, type: string): Json {
  if (type.startsWith('AWS::SSM::Parameter::Value')) return `value-of-${value}`
  return type === 'CommaDelimitedList' || type.startsWith('List<') ? value.split(',').map((item) => item.trim()) : value
}

/** Parameters as they are described: those with NoEcho are stars. */
export function echoed({ template, parameters }: Target): Record<string, string> {
  const entries = Object.entries(parameters).map(([name, value]): [string, string] => [
    name,
    template.parameters[name]?.noEcho ? '****' : value,
  ])
  return Object.fromEntries(entries)
}

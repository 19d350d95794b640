import { type Node, scalarText } from '../document/node.ts'
import { itemsOf, member } from '../document/placed.ts'
import { quote } from '../document/show.ts'

/** What a template says of the values that a parameter may have. Source: CloudFormation template reference, Parameters. */
export interface Constraints {
  readonly allowedValues?: readonly string[]
  readonly allowedPattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minValue?: number
  readonly maxValue?: number
}

/** How long a parameter's value may be, in bytes. Source: CloudFormation quotas. */
const longestValue = 4_096

export function constraintsOf(parameter: Node): Constraints {
  const allowedPattern = textOf(member(parameter, 'AllowedPattern'))
  const allowed = member(parameter, 'AllowedValues')
  const limit = <K extends string>(name: K, key: string) => {
    const text = textOf(member(parameter, key))
    return text === undefined || !isNumber(text) ? {} : ({ [name]: Number(text) } as { readonly [N in K]: number })
  }
  return {
    ...(allowed ? { allowedValues: itemsOf(allowed).flatMap((item) => textOf(item) ?? []) } : {}),
    ...(allowedPattern === undefined ? {} : { allowedPattern }),
    ...limit('minLength', 'MinLength'),
    ...limit('maxLength', 'MaxLength'),
    ...limit('minValue', 'MinValue'),
    ...limit('maxValue', 'MaxValue'),
  }
}

/** A value as it is given to a parameter: a text, or the elements of a list before they are joined by commas. */
export type GivenValue = string | readonly string[]

/**
 * Why a parameter of a type does not take a value, in words that follow the value; undefined if it does. What CloudFormation resolves
 * itself (`{{resolve:…}}`, names of stored parameters) is not judged.
 */
export function unmet(type: string, constraints: Constraints, given: GivenValue): string | undefined {
  if (type.startsWith('AWS::SSM::Parameter::')) return undefined
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<')
  if (isList && typeof given !== 'string') {
    const split = given.find((element) => element.includes(','))
    if (split !== undefined) return `has an element with a comma, ${quote(split)}, which ${type} would split in two`
  }
  const text = typeof given === 'string' ? given : given.join(',')
  if (text.includes('{{resolve:')) return undefined
  const bytes = Buffer.byteLength(text)
  if (bytes > longestValue) return `has ${bytes} bytes, and CloudFormation takes ${longestValue}`
  const elements = isList ? text.split(',').map((element) => element.trim()) : [text]
  for (const element of elements) {
    const reason = unmetByOne(type, constraints, element)
    if (reason !== undefined) return elements.length > 1 ? `has the element ${quote(element)}, which ${reason}` : reason
  }
  return undefined
}

function unmetByOne(type: string, constraints: Constraints, text: string): string | undefined {
  const { allowedValues, allowedPattern, minLength, maxLength, minValue, maxValue } = constraints
  const isNumeric = type === 'Number' || type === 'List<Number>'
  if (isNumeric && !isNumber(text)) return 'is not a number'
  if (allowedValues && !allowedValues.some((one) => one === text || (isNumeric && Number(one) === Number(text))))
    return `is not one of the allowed values ${allowedValues.slice(0, 10).map(quote).join(', ')}${allowedValues.length > 10 ? ', …' : ''}`
  if (isNumeric) {
    if (minValue !== undefined && Number(text) < minValue) return `is less than the MinValue ${minValue}`
    if (maxValue !== undefined && Number(text) > maxValue) return `is more than the MaxValue ${maxValue}`
    return undefined
  }
  const length = [...text].length
  if (minLength !== undefined && length < minLength) return `is shorter than the MinLength ${minLength}`
  if (maxLength !== undefined && length > maxLength) return `is longer than the MaxLength ${maxLength}`
  if (allowedPattern !== undefined && !matches(allowedPattern, text)) return `does not match the AllowedPattern ${quote(allowedPattern)}`
  return undefined
}

/** CloudFormation's patterns are Java's and must match the whole value. One that our engine cannot read judges nothing. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'su').test(text)
  } catch {
    return true
  }
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text))
}

function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? scalarText(node) : undefined
}

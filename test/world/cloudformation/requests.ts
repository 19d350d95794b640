import type { ChangeSetRequest } from '../../../src/stack/stacks.ts'
import type { Template } from './model.ts'
import { invalid, refusal } from './refusal.ts'
import { capabilityOf } from './types.ts'

const name = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/
const arn = /^arn:aws:cloudformation:/
const token = /^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/

/** The most bytes of a template in a request, and by URL. Source: CloudFormation quotas; the second number is the one of its error text. */
export const LARGEST_BODY = 51_200
export const LARGEST_TEMPLATE = 1_000_000

/** Refuses what does not fit the API's shapes. Source: the service model (botocore, cloudformation 2010-05-15). */
export function checkRequest({ stack, name: changeSet, description, tags, token: given }: ChangeSetRequest): void {
  if (!name.test(stack) && !arn.test(stack))
    throw constraint('stackName', stack, `Member must satisfy regular expression pattern: ${name.source}`)
  if (!name.test(changeSet)) throw constraint('changeSetName', changeSet, `Member must satisfy regular expression pattern: ${name.source}`)
  if (description !== undefined && (description.length < 1 || description.length > 1_024)) {
    throw constraint('description', description, 'Member must have length between 1 and 1024')
  }
  checkToken('clientToken', given)
  const entries = Object.entries(tags)
  if (entries.length > 50) throw constraint('tags', `${entries.length}`, 'Member must have length less than or equal to 50')
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > 128) throw constraint('tags.key', key, 'Member must have length between 1 and 128')
    if (value.length < 1 || value.length > 256) throw constraint('tags.value', value, 'Member must have length between 1 and 256')
    if (key.startsWith('aws:')) throw invalid('aws: prefixed tag key names are not allowed for external use.')
  }
}

export function checkToken(member: string, given: string): void {
  if (!token.test(given)) throw constraint(member, given, `Member must satisfy regular expression pattern: ${token.source}`)
}

/** Refuses a template in the request that is too large; the answer repeats the whole of it, as the service's does. */
export function checkBody(body: string): void {
  if (body.length < 1) throw constraint('templateBody', body, 'Member must have length greater than or equal to 1')
  if (Buffer.byteLength(body) > LARGEST_BODY) {
    throw constraint('templateBody', body, `Member must have length less than or equal to ${LARGEST_BODY}`)
  }
}

function constraint(member: string, value: string, rule: string): Error {
  return invalid(`1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`)
}

/** Refuses IAM resources that were not acknowledged. A named one asks for more; who gives more has given the less. */
export function checkCapabilities(template: Template, given: readonly string[]): void {
  const needed = new Set(Object.values(template.resources).map(({ type, properties }) => capabilityOf(type, properties)))
  const capability = needed.has('CAPABILITY_NAMED_IAM')
    ? 'CAPABILITY_NAMED_IAM'
    : needed.has('CAPABILITY_IAM')
      ? 'CAPABILITY_IAM'
      : undefined
  if (capability === undefined || given.includes(capability) || given.includes('CAPABILITY_NAMED_IAM')) return
  throw refusal('InsufficientCapabilitiesException', `Requires capabilities : [${capability}]`)
}

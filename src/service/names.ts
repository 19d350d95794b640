import { TowpathError } from '../errors.ts'

/** The service that the platform's own stacks are deployed as. No repository can have it. */
export const platformService = 'platform'

/** CloudFormation API reference, CreateStack, StackName. */
const longestStackName = 128

/** The name of a stack in AWS, unique since neither environments nor stacks have hyphens. One that is too long is refused. */
export function stackName(service: string, environment: string, stack: string): string {
  const name = `${service}-${environment}-${stack}`
  const long = tooLong(name)
  if (long) throw new TowpathError('bad-input', long.message, { hint: long.hint })
  return name
}

/** What is wrong with a stack name that CloudFormation would not take, or undefined. */
export function stackNameTooLong(service: string, environment: string, stack: string): { message: string; hint: string } | undefined {
  return tooLong(`${service}-${environment}-${stack}`)
}

function tooLong(name: string): { readonly message: string; readonly hint: string } | undefined {
  if (name.length <= longestStackName) return undefined
  return {
    message: `the stack name '${name}' has ${name.length} characters, and CloudFormation takes ${longestStackName}`,
    hint: 'shorten the name of the service, the environment or the stack',
  }
}

/** What `towpath-<environment>-<service>-execute` leaves of the 64 characters that IAM takes for a role's name. */
const LONGEST_PAIR = 47

/**
 * What is wrong with a service's name beside an environment's, or undefined. IAM's `*-staging-*` would match a stack of `my-staging-api` in
 * any environment.
 */
export function nameBeside(service: string, environment: string): { readonly message: string; readonly hint: string } | undefined {
  if (service.split('-').includes(environment))
    return {
      message: `the service name '${service}' holds the name of environment '${environment}'`,
      hint: 'rights are given by name, and would be mixed up: rename the service or the environment',
    }
  const length = service.length + environment.length
  if (length <= LONGEST_PAIR) return undefined
  return {
    message: `the names '${service}' and '${environment}' have ${length} characters together, and the names of roles leave ${LONGEST_PAIR}`,
    hint: 'shorten the name of the service or of the environment',
  }
}

const stem = /^[a-z][a-z0-9]*$/

/** True of a name that a stack or an environment can have. */
export function isStackName(text: string): boolean {
  return stem.test(text)
}

/** True of a name that a service can have; the platform's is one of them. Source: schemas/service.schema.json. */
export function isServiceName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,39}$/.test(text)
}

/** True of a name that a channel can have. Never true of a version. */
export function isChannel(text: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(text)
}

const number = '(?:0|[1-9][0-9]*)'
const label = `(?:${number}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`
const version = new RegExp(`^${number}\\.${number}\\.${number}(?:-${label}(?:\\.${label})*)?$`)

/** True of an exact semantic version, such as `3.2.0` or `4.0.0-rc.1`; build metadata is not taken. Source: semver.org, 2.0.0. */
export function isVersion(text: string): boolean {
  return version.test(text)
}

/** Which of two versions comes first: below 0, 0 or above 0. Source: semver.org, 2.0.0, "Precedence". */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [parts(one), parts(other)]
  const cores = compareLists(a.core, b.core)
  if (cores !== 0) return cores
  // A version before its release comes before the release itself.
  if (a.before.length === 0 || b.before.length === 0) return b.before.length - a.before.length
  return compareLists(a.before, b.before)
}

function parts(text: string): { readonly core: readonly string[]; readonly before: readonly string[] } {
  const hyphen = text.indexOf('-')
  const core = (hyphen < 0 ? text : text.slice(0, hyphen)).split('.')
  return { core, before: hyphen < 0 ? [] : text.slice(hyphen + 1).split('.') }
}

function compareLists(one: readonly string[], other: readonly string[]): number {
  for (const [index, a] of one.entries()) {
    const b = other[index]
    if (b === undefined) return 1
    const order = compareLabels(a, b)
    if (order !== 0) return order
  }
  return one.length - other.length
}

/** Numbers by their value and before everything else, the rest as ASCII. */
function compareLabels(a: string, b: string): number {
  const [isNumber, isOther] = [/^[0-9]+$/.test(a), /^[0-9]+$/.test(b)]
  // Of numbers without leading zeros the longer is the greater.
  if (isNumber && isOther && a.length !== b.length) return a.length - b.length
  if (isNumber !== isOther) return isNumber ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Throws 'bad-input' for a text that cannot be the name of a service. */
export function requireServiceName(text: string): void {
  if (isServiceName(text)) return
  throw new TowpathError('bad-input', `no service can be named '${text}'`, {
    hint: 'a name begins with a letter, and has lower-case letters, digits and hyphens, at most 40',
  })
}

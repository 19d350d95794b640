import type { Policy, Statement } from '../../src/platform/access/policy.ts'

/** One request, as IAM judges it. */
export interface Ask {
  readonly action: string
  /** The ARN it is about; `*` for what has none. */
  readonly resource: string
  /** Condition keys that the request carries; compared without regard to case, as IAM does. */
  readonly keys?: Readonly<Record<string, string | undefined>>
}

/** Who asks: the kind of a principal and its name, as a Principal element writes them. */
export interface Caller {
  readonly kind: 'AWS' | 'Service' | 'Federated'
  readonly name: string
}

export type Verdict = 'allowed' | 'denied' | 'explicitly denied'

/**
 * What policies of one account come to: an explicit denial wins, then any allowance. Source: IAM user guide, "Policy evaluation logic". It
 * knows what our policies use, and throws for anything else rather than guess.
 */
export function judge(policies: readonly Policy[], ask: Ask, caller?: Caller): Verdict {
  const fitting = policies.flatMap(({ Statement: statements }) => statements.filter((statement) => fits(statement, ask, caller)))
  if (fitting.some(({ Effect }) => Effect === 'Deny')) return 'explicitly denied'
  return fitting.length > 0 ? 'allowed' : 'denied'
}

const known = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'])

function fits(statement: Statement, { action, resource, keys = {} }: Ask, caller: Caller | undefined): boolean {
  const strange = Object.keys(statement).filter((element) => !known.has(element))
  if (strange.length > 0) throw new Error(`this evaluator does not know ${strange.join(', ')}`)
  return (
    names(statement.Principal, caller) &&
    statement.Action.some((pattern) => like(action.toLowerCase(), pattern.toLowerCase())) &&
    (statement.Resource ?? ['*']).some((pattern) => like(resource, pattern)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, wanted]) =>
      Object.entries(wanted).every(([key, values]) => holds(operator, carried(keys, key), [values].flat())),
    )
  )
}

/** An identity's policy names no principal. The root of an account stands for everybody in it. */
function names(principal: Statement['Principal'], caller: Caller | undefined): boolean {
  if (principal === undefined) return true
  if (principal === '*') return true
  if (caller === undefined) return false
  const named = principal[caller.kind]
  if (named === undefined) return false
  return named === caller.name || (/:root$/.test(named) && accountOf(named) === accountOf(caller.name))
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4]
}

function carried(keys: Readonly<Record<string, string | undefined>>, wanted: string): string | undefined {
  return Object.entries(keys).find(([key]) => key.toLowerCase() === wanted.toLowerCase())?.[1]
}

/** A key that the request does not carry fits nothing but `Null`. */
function holds(operator: string, actual: string | undefined, wanted: readonly string[]): boolean {
  if (operator === 'Null') return wanted.includes(String(actual === undefined))
  if (actual === undefined) return false
  switch (operator) {
    case 'StringEquals':
      return wanted.includes(actual)
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return wanted.some((pattern) => like(actual, pattern))
    case 'Bool':
      return wanted.includes(actual)
    default:
      throw new Error(`this evaluator does not know the operator ${operator}`)
  }
}

/** `*` stands for any characters, `?` for one; both for `/` too. */
export function like(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`, 's').test(text)
}

import { TowpathError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Tenant } from '../../platform/access/bucket-access.ts'
import { parseRepository, parseWorkflows } from '../../platform/access/callers.ts'
import { type Callers, TRUST_CHARACTERS } from '../../platform/access/trust.ts'
import { isStackName } from '../../service/names.ts'
import type { Stack } from '../../stack/stacks.ts'

/** The flags that a stack was made with, and the outputs under which it remembers them. */
const outputOf = {
  repository: 'Repositories',
  workflows: 'Workflows',
  operator: 'Operators',
  'default-branch': 'DefaultBranch',
  'execute-policy': 'ExecutePolicies',
  stack: 'Stacks',
  trust: 'Tenants',
} as const

export type Lists = Readonly<Record<keyof typeof outputOf, readonly string[]>>

/**
 * What the flags say. One that is not given stays as the stack was made, which is told: a role must not lose whom it trusts because
 * somebody ran bootstrap for something else. One that is given is the whole list; `none` alone empties it.
 */
export function recall(live: Stack | undefined, given: Lists, log: Log): Lists {
  const entries = Object.entries(given).map(([flag, values]) => {
    const before = live?.outputs[outputOf[flag as keyof Lists]]?.split(' ') ?? []
    const after = values.length === 1 && values[0] === 'none' ? [] : [...new Set(values.length > 0 ? values : before)]
    const gone = before.filter((value) => !after.includes(value))
    if (gone.length > 0) log.warn(`--${flag} leaves out what was there before: ${gone.join(', ')}`)
    else if (values.length === 0 && before.length > 0) log.info(`--${flag} is not given, and stays: ${before.join(', ')}`)
    return [flag, after]
  })
  return Object.fromEntries(entries) as Lists
}

/** The outputs by which a stack remembers what it was made with. */
export function remembered(lists: Lists): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lists).flatMap(([flag, values]) => (values.length > 0 ? [[outputOf[flag as keyof Lists], values.join(' ')]] : [])),
  )
}

/** Whom the roles trust; undefined if nobody was named. Throws 'bad-input' for half of it. */
export function callersOf({ repository, workflows, 'default-branch': branches }: Lists): Callers | undefined {
  if (repository.length === 0 && workflows.length === 0) return undefined
  const missing = repository.length === 0 ? 'repository' : workflows.length === 0 ? 'workflows' : undefined
  if (missing !== undefined)
    throw new TowpathError('bad-input', `--${missing} is needed with --${missing === 'repository' ? 'workflows' : 'repository'}`, {
      hint: 'roles trust the repositories named, in the workflows named: --repository acme/greeter=123@456 --workflows towpath-dev/towpath@<commit>',
    })
  return { repositories: repository.map(parseRepository), workflows: workflows.map(parseWorkflows), branch: branches[0] ?? 'main' }
}

/** Reads `production=222222222222`. */
export function parseTenant(text: string): Tenant {
  const [, environment = '', account = ''] = /^([^=]+)=(\d{12})$/.exec(text) ?? []
  if (!isStackName(environment))
    throw new TowpathError('bad-input', `'${text}' is no environment with its account`, { hint: 'give <environment>=<12 digits>' })
  return { environment, account }
}

/** How many characters a trust policy may take. */
export function trustLimit(text: string | undefined): number {
  if (text === undefined) return TRUST_CHARACTERS
  const limit = Number(text)
  if (!/^\d{4}$/.test(text) || limit < TRUST_CHARACTERS || limit > 8_192)
    throw new TowpathError('bad-input', `--trust-characters is '${text}'`, {
      hint: `give the account's quota: ${TRUST_CHARACTERS} to 8192`,
    })
  return limit
}

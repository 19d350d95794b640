type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const boolean: Check = (value) => typeof value === 'boolean'
const address: Check = (value) => typeof value === 'string' && (value === '' || URL.canParse(value))
const short: Check = (value) => typeof value === 'string' && [...value].length <= 140

/** The body of "Create a deployment". Source: GitHub's REST API description. */
export const isDeployment: Readonly<Record<string, Check>> = {
  ref: text,
  task: text,
  auto_merge: boolean,
  required_contexts: (value) => Array.isArray(value) && value.every(text),
  payload: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
  environment: text,
  description: (value) => value === null || text(value),
  transient_environment: boolean,
  production_environment: boolean,
}

/** The body of "Create a deployment status". Source: the same. */
export const isStatus: Readonly<Record<string, Check>> = {
  state: (value) => ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'].includes(String(value)),
  target_url: address,
  log_url: address,
  description: short,
  environment: text,
  environment_url: address,
  auto_inactive: boolean,
}

/** What is wrong with a body. GitHub passes over what it does not know; a client of ours sends nothing of that kind. */
export function wrongIn(body: unknown, checks: Readonly<Record<string, Check>>): string | undefined {
  if (typeof body !== 'object' || body === null) return 'the body is no object'
  const given: Readonly<Record<string, unknown>> = { ...body }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(checks, name))
  if (unknown !== undefined) return `"${unknown}" is not a permitted key.`
  const required = 'ref' in checks ? 'ref' : 'state'
  if (given[required] === undefined) return `"${required}" wasn't supplied.`
  const wrong = Object.entries(given).find(([name, value]) => checks[name]?.(value) === false)
  return wrong && `"${wrong[0]}" is invalid: ${JSON.stringify(wrong[1])}`
}

/** AWS JSON 1.1, as far as CodeDeploy needs it: times are numbers of seconds. Source: Smithy, "AWS JSON 1.1 protocol". */

const PREFIX = 'CodeDeploy_20141006.'

/** The operation that the header `x-amz-target` names. */
export function operationIn(target: string | undefined): string {
  return target?.startsWith(PREFIX) ? target.slice(PREFIX.length) : (target ?? '')
}

/** The members of inputs that are times. */
const times = new Set(['start', 'end'])

/** A request's body; undefined if it is no JSON object. */
export function readBody(text: string): object | undefined {
  try {
    const body: unknown = JSON.parse(text === '' ? '{}' : text, (key, value: unknown) =>
      times.has(key) && typeof value === 'number' ? new Date(value * 1_000) : value,
    )
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined
  } catch {
    return undefined
  }
}

/** A reply's body. */
export function writeBody(reply: object): string {
  return JSON.stringify(seconds(reply))
}

function seconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1_000
  if (Array.isArray(value)) return value.map(seconds)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, seconds(member)]))
}

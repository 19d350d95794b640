/** What an error of the SDK says, wherever it says it. */
export interface Facts {
  /** The service's or the SDK's name of the error; 'Unknown' if it has none. */
  readonly name: string
  /** The HTTP status; undefined if no answer came. */
  readonly status: number | undefined
  /** The operating system's word for a connection that failed: `ECONNREFUSED`. */
  readonly errno: string | undefined
  /** The message, of one line and at most 500 characters, without its full stop. */
  readonly text: string
  /** How many times the request was sent. */
  readonly attempts: number
  /** The region that the answer names as the right one. */
  readonly region: string | undefined
}

const LONGEST = 500

/** Reads an error of the SDK; whatever it is, nothing is thrown. */
export function factsOf(error: unknown): Facts {
  const fields = fieldsOf(error)
  const { httpStatusCode, attempts } = fieldsOf(fields.$metadata)
  return {
    name: textOf(fields.name) ?? 'Unknown',
    status: typeof httpStatusCode === 'number' ? httpStatusCode : undefined,
    errno: errnoOf(error),
    text: oneLine(textOf(fields.message) ?? String(error)),
    attempts: typeof attempts === 'number' ? attempts : 1,
    region: textOf(fields.Region) ?? textOf(fieldsOf(fieldsOf(fields.$response).headers)['x-amz-bucket-region']),
  }
}

/** The code of the error, or of one that caused it: node's own (`ECONNRESET`, `ERR_TLS_…`) or OpenSSL's (`CERT_HAS_EXPIRED`). */
function errnoOf(error: unknown, depth = 0): string | undefined {
  const { code, cause } = fieldsOf(error)
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code
  return cause === undefined || depth === 5 ? undefined : errnoOf(cause, depth + 1)
}

/** A message fit for a line on a terminal: the emulator repeats whole bodies in its own, and the SDK adds advice to debuggers. */
function oneLine(message: string): string {
  const line = message
    .replace(/\s*Deserialization error: to see the raw response.*$/s, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '')
  if (line.length <= LONGEST) return line
  // CloudFormation repeats the whole template first and then says what is wrong with it: both ends are kept.
  const half = Math.floor((LONGEST - 3) / 2)
  return `${line.slice(0, half)} … ${line.slice(-half)}`.toWellFormed()
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

import { isSecretName } from './secret-names.ts'

/** Is shown in place of a value that is, or may be, secret. */
export const HIDDEN = '(hidden)'

/** The longest value that is shown, in UTF-16 code units: nobody reads more of one in a plan. */
const LONGEST = 256
/** A longer value is not even searched for secrets, in UTF-16 code units. */
const LOOKED_THROUGH = 20_000

/**
 * A text that is one dynamic reference: it names a secret and does not contain one. Source: CloudFormation User Guide, "Dynamic
 * references".
 */
const reference = /^\{\{resolve:(?:ssm|ssm-secure|secretsmanager):[\w./:+=,@ -]+\}\}$/

/** True for a text that is one dynamic reference and nothing else. */
export function isReference(text: string): boolean {
  return reference.test(text)
}

/** A value as it may be shown: parts that are secret by their form or by their name are hidden, and a long value is only counted. */
export function redactValue(text: string): string {
  if (isReference(text) || isArn(text)) return text
  if (text.length > LOOKED_THROUGH) return counted(text)
  const shown = /^\s*[{[]/.test(text) ? redactDocument(text) : redactText(text)
  return shown.length > LONGEST ? counted(text) : shown
}

function counted(text: string): string {
  return `(${text.length} characters, not shown)`
}

/** A JSON document as it may be shown: members are hidden by their names, texts by their form. Invalid JSON is treated as text. */
function redactDocument(text: string): string {
  try {
    return JSON.stringify(redactMembers(JSON.parse(text)))
  } catch {
    return redactText(text)
  }
}

/** Keys under which the members of a list keep their name, as in `{Name, Value}`. */
const naming: ReadonlySet<string> = new Set(['name', 'key', 'parameterkey', 'variablename', 'optionname', 'headername'])

function redactMembers(value: unknown): unknown {
  if (typeof value === 'string') return redactValue(value)
  if (Array.isArray(value)) return value.map(redactMembers)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value)
  const isNamed = members.some(([key, named]) => naming.has(key.toLowerCase()) && typeof named === 'string' && isSecretName(named))
  return Object.fromEntries(
    members.map(([key, member]) => {
      if (isNamed && !naming.has(key.toLowerCase())) return [key, hiddenUnlessReference(member)]
      return [key, isSecretName(key) || isOpaque(key) ? hiddenUnlessReference(member) : redactMembers(member)]
    }),
  )
}

function hiddenUnlessReference(member: unknown): unknown {
  return typeof member === 'string' && isReference(member) ? member : HIDDEN
}

/** A stack's output as everybody who reads a log may see it. */
export function redactOutput(name: string, value: string): string {
  return isSecretName(name) && !isReference(value) && !isArn(value) ? HIDDEN : redactValue(value)
}

/** True for an ARN: it may name a secret, but it is not one. */
function isArn(value: string): boolean {
  return /^arn:aws[\w-]*:[\w:/.+=@-]+$/.test(value)
}

/** Properties that contain whole programs or files, which may contain anything. */
const opaque: ReadonlySet<string> = new Set([
  'userdata',
  'zipfile',
  'inlinecode',
  'functioncode',
  'buildspec',
  'metadata',
  'aws::cloudformation::init',
  'content',
  'templatebody',
])

export function isOpaque(name: string): boolean {
  return opaque.has(name.toLowerCase())
}

/**
 * Forms of values that are secret under any name. Sources: the issuers' own formats (RFC 7468, RFC 7519; AWS, GitHub, Slack, Stripe,
 * Google, npm).
 */
const forms: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*(?:KEY|CERTIFICATE|MESSAGE)/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bgh[opsur]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{16,}/,
  /\bxox[a-z]-[\w-]{10,}|\bhooks\.slack\.com\/services\//,
  /\b[rs]k_(?:live|test)_\w{10,}|\bAIza[\w-]{30,}|\bnpm_[A-Za-z0-9]{30,}|\bglpat-[\w-]{16,}/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}/,
  /\b(?:bearer|basic)\s+\S{8,}/i,
]

/** A name with its value: `password=x`, `"token": "x"`, `AccountKey=x;`. */
const assignment = /([\w.-]{2,64})["'\\]*[ \t]*[=:](?=[ \t]*["'\\]*[^\s"'\\&;,])/g
/** The part of a URL before the host's name: a user and usually a password. */
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/gi

function redactText(text: string): string {
  if (forms.some((form) => form.test(text))) return HIDDEN
  const bare = text.replace(userInfo, `$1${HIDDEN}@`)
  if ([...bare.matchAll(assignment)].some(([, name = '']) => isSecretName(name) && !isScheme(name))) return HIDDEN
  if (isKey(text) || isRandom(text, /^[A-Za-z0-9+/=]{20,}$/)) return HIDDEN
  return bare.replace(/[A-Za-z0-9+=]{20,}/g, (piece) => (isRandom(piece) ? HIDDEN : piece))
}

/** True for parts of an ARN that look like names: `arn:aws:secretsmanager:…:secret:name` names a secret and contains none. */
function isScheme(name: string): boolean {
  return name === 'secretsmanager' || name === 'secret'
}

/** True for an AWS secret key, or for a key of hexadecimal digits. A digest has a prefix that says what it is; a key has none. */
function isKey(text: string): boolean {
  return /^[0-9a-fA-F]{32,}$/.test(text) || /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9+/]{40}$/.test(text)
}

/** True for a random text: letters of both cases mixed with digits. A digest is not one, since its letters have one case. */
function isRandom(text: string, form = /^/): boolean {
  return form.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && (text.match(/\d/g) ?? []).length >= 3
}

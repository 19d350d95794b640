import type { ScalarContent } from './node.ts'

/** What a plain (unquoted) scalar is read as. Templates mean what CloudFormation says they mean; descriptors are ours. */
export type Dialect = 'descriptor' | 'template' | 'json'

/** The meaning of a plain scalar. Source: design 7. */
export function plainScalar(source: string, dialect: Dialect): ScalarContent {
  switch (dialect) {
    case 'descriptor':
      return inDescriptor(source)
    case 'template':
      return inTemplate(source)
    case 'json':
      return inJson(source)
  }
}

/**
 * Text stays what was written: a number is one only if it prints back to the same text, so `30` is a number and `012345678901`, `1e3` and
 * `1.10` are texts; so are dates and `True`. `yes`, `no`, `on` and `off` remember that nobody quoted them.
 */
function inDescriptor(source: string): ScalarContent {
  const known = constant(source)
  if (known) return known
  if (/^(yes|no|on|off)$/i.test(source)) return { value: source, written: source }
  return /^-?[0-9]/.test(source) && String(Number(source)) === source ? { value: Number(source), written: source } : { value: source }
}

/**
 * As YAML 1.1 reads it, which is what CloudFormation does, but for what could lose its meaning: such a text remembers that nobody quoted
 * it. A number is one if JSON can hold it as it is written.
 */
function inTemplate(source: string): ScalarContent {
  if (source === 'Null' || source === 'NULL') return { value: null }
  const known = constant(source)
  if (known) return known
  if (yes.has(source)) return { value: true, written: source }
  if (no.has(source)) return { value: false, written: source }
  if (isNumber(source)) return { value: Number(source), written: source }
  return suspicion(source) === undefined ? { value: source } : { value: source, written: source }
}

function inJson(source: string): ScalarContent {
  return constant(source) ?? (jsonNumber.test(source) ? { value: Number(source), written: source } : { value: source })
}

function constant(source: string): ScalarContent | undefined {
  if (source === '' || source === '~' || source === 'null') return { value: null }
  if (source === 'true') return { value: true }
  return source === 'false' ? { value: false } : undefined
}

/** YAML 1.1's booleans but `true` and `false`. A lone `y` or `n` is text. Source: PyYAML, resolver.py; aws/aws-cli#5257, ASFHyP3/hyp3#2061. */
const yes: ReadonlySet<string> = new Set(['yes', 'Yes', 'YES', 'True', 'TRUE', 'on', 'On', 'ON'])
const no: ReadonlySet<string> = new Set(['no', 'No', 'NO', 'False', 'FALSE', 'off', 'Off', 'OFF'])

/** Source: RFC 8259, section 6. */
const jsonNumber = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/

/** YAML 1.1's numbers without a leading zero, an underscore or a colon, as far as they are JSON's. Source: PyYAML, resolver.py. */
function isNumber(source: string): boolean {
  return jsonNumber.test(source) && /^-?[0-9]+(\.[0-9]+([eE][+-][0-9]+)?)?$/.test(source)
}

/** Why a text that nobody quoted could be a number to another reader. */
export type Suspicion = 'a leading zero' | 'base 60' | 'an underscore' | 'an exponent' | 'no number of JSON'

const suspicions: readonly (readonly [Suspicion, RegExp])[] = [
  ['an underscore', /^[-+]?\.?[0-9][0-9.]*_[0-9_.]*$|^[-+]?0[xb][0-9a-fA-F]*_[0-9a-fA-F_]*$/],
  ['base 60', /^[-+]?[1-9][0-9]*(:[0-5]?[0-9])+$|^[-+]?[0-9]+(:[0-5]?[0-9])+\.[0-9]*$/],
  ['a leading zero', /^[-+]?0[0-9]+(\.[0-9]*)?$/],
  ['an exponent', /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+$/],
  [
    'no number of JSON',
    /^[-+]([0-9]+(\.[0-9]*)?)$|^[-+]?\.[0-9]+$|^-?[0-9]+\.$|^[-+]?0[xob][0-9a-fA-F]+$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/,
  ],
]

export function suspicion(source: string): Suspicion | undefined {
  return suspicions.find(([, form]) => form.test(source))?.[0]
}

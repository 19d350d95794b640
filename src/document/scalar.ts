import type { Scalar } from './node.ts'

/**
 * The meaning of a plain (unquoted) scalar. Text stays what was written: a number is one only if it prints back to the same text, so
 * `30` is a number and `012345678901`, `1e3`, `1.10` and `NaN` are strings; so are dates, `yes`, `no`, `on` and `True`. Source: design 7.
 */
export function plainScalar(source: string): Scalar {
  switch (source) {
    case '':
    case '~':
    case 'null':
      return null
    case 'true':
      return true
    case 'false':
      return false
    default:
      return isNumber(source) ? Number(source) : source
  }
}

function isNumber(source: string): boolean {
  return /^-?[0-9]/.test(source) && String(Number(source)) === source
}

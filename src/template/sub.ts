/** `${Name}`, `${Name.Attribute}` or `${!Literal}`. It stops at the next `$`, so that it takes time in the length of the text. */
const marked = /\$\{(!?)([^${}]*)\}/g

/** A variable of `Fn::Sub`. */
export interface Variable {
  readonly name: string
  /** As it stands in the text, with its braces. */
  readonly written: string
}

/**
 * The variables in a text of `Fn::Sub`, each once. `${!Literal}` is none: CloudFormation leaves `${Literal}` of it. What is not closed is
 * text. Source: CloudFormation template reference, Fn::Sub.
 */
export function variablesOf(text: string): Variable[] {
  const found = new Map<string, Variable>()
  for (const [written, literal, inner = ''] of text.matchAll(marked)) {
    const name = inner.trim()
    if (literal === '' && !found.has(name)) found.set(name, { name, written })
  }
  return [...found.values()]
}

/** The text with its variables filled in; undefined if one of them is not known. */
export function substitute(text: string, fill: (name: string) => string | undefined): string | undefined {
  let isKnown = true
  const filled = text.replace(marked, (_, literal: string, inner: string) => {
    if (literal !== '') return `\${${inner}}`
    const value = fill(inner.trim())
    isKnown &&= value !== undefined
    return value ?? ''
  })
  return isKnown ? filled : undefined
}

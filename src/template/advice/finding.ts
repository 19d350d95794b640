import type { Place } from '../../document/node.ts'

/** A piece of advice on a template. */
export interface Finding {
  /** A name for its kind, such as `scalar`. */
  readonly rule: string
  readonly level: 'warning' | 'informational'
  /** A JSON pointer into the template. */
  readonly pointer: string
  readonly place: Place
  readonly message: string
}

/** A JSON pointer to a key or a position below another pointer. Source: RFC 6901. */
export function pointerTo(above: string, step: string | number): string {
  return `${above}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

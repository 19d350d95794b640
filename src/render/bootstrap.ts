import type { BootstrapChange } from '../platform/bootstrap-changes.ts'
import { plain } from './plain.ts'

const signs = { add: '+', change: '~', remove: '-' } as const

/** The changes that bootstrap would make, or is about to make, in words: each resource with its details. */
export function bootstrapChangesText(changes: readonly BootstrapChange[]): readonly string[] {
  return changes.flatMap(({ action, what, details }) => [`${signs[action]} ${plain(what)}`, ...details.map((line) => `    ${plain(line)}`)])
}

/** The outputs of `bootstrap` that people read. */
interface Shown {
  readonly bucket?: unknown
  readonly created?: unknown
  readonly changes?: unknown
  readonly roles?: unknown
  readonly descriptor?: unknown
  readonly next?: unknown
}

/** The outputs of `bootstrap` on a terminal: what is ready, the lines for platform.yml, and the next steps. */
export function bootstrappedText(shown: Shown, dry: boolean): string {
  const { bucket, created, roles, descriptor, next } = shown
  const changes = (shown.changes ?? []) as readonly BootstrapChange[]
  if (dry) {
    if (changes.length === 0) return 'dry run: nothing would change'
    return [...bootstrapChangesText(changes), 'dry run: nothing was changed'].join('\n')
  }
  const arns = Object.values((roles ?? {}) as Readonly<Record<string, string>>)
  return [
    created === true ? `bucket ${bucket} is ready: versioned, encrypted, TLS only` : `bucket ${bucket} was ready already`,
    ...(arns.length > 0 ? ['roles:', ...arns.map((arn) => `  ${plain(arn)}`)] : []),
    ...(typeof descriptor === 'string' ? ['for platform.yml:', descriptor] : []),
    ...((next ?? []) as readonly string[]),
  ].join('\n')
}

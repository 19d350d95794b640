import type { BootstrapChange } from '../platform/bootstrap-changes.ts'
import { plain } from './plain.ts'

const signs = { add: '+', change: '~', remove: '-' } as const

/** The changes that bootstrap would make, or is about to make, in words: each resource with its details. */
export function bootstrapChangesText(changes: readonly BootstrapChange[]): readonly string[] {
  return changes.flatMap(({ action, what, details }) => [`${signs[action]} ${plain(what)}`, ...details.map((line) => `    ${plain(line)}`)])
}

/** The outputs of `bootstrap` that people read. */
interface Shown {
  readonly bucket: string
  readonly created: boolean
  readonly changes: readonly BootstrapChange[]
  readonly roles: Readonly<Record<string, string>>
  readonly descriptor: string | null
  readonly next: readonly string[]
}

/** The outputs of `bootstrap` on a terminal: what is ready, the lines for platform.yml, and the next steps. */
export function bootstrappedText(shown: Shown, dry: boolean): string {
  const { bucket, created, changes, roles, descriptor, next } = shown
  if (dry) {
    if (changes.length === 0) return 'dry run: nothing would change'
    return [...bootstrapChangesText(changes), 'dry run: nothing was changed'].join('\n')
  }
  const arns = Object.values(roles)
  return [
    created ? `bucket ${bucket} is ready: versioned, encrypted, TLS only` : `bucket ${bucket} was ready already`,
    ...(arns.length > 0 ? ['roles:', ...arns.map((arn) => `  ${plain(arn)}`)] : []),
    ...(descriptor !== null ? ['for platform.yml:', descriptor] : []),
    ...next,
  ].join('\n')
}

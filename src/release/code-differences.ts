import type { Json } from '../json.ts'
import { canonicalJson } from '../json.ts'
import type { Manifest } from './manifest.ts'

/** What every host gets that differs from the release before. */
export interface CodeDifferences {
  readonly artefact: boolean
  /** Roles by name, sorted: new, changed or gone. */
  readonly roles: readonly string[]
  /** Variables by name, sorted: new, of another value or source, or gone. */
  readonly variables: readonly string[]
  /** True if something else in the bundle differs: a playbook, the AppSpec, the hook. */
  readonly other: boolean
}

/** Compares how the code of two releases goes live; all is new where there was none before. Undefined for a release without such code. */
export function codeDifferences(before: Manifest | undefined, after: Manifest): CodeDifferences | undefined {
  if (after.code === undefined) return undefined
  const artefact = before?.artefact !== after.artefact
  const roles = differing(before?.code?.roles ?? {}, after.code.roles)
  const variables = differing(before?.code?.variables ?? {}, after.code.variables ?? {})
  return { artefact, roles, variables, other: before?.code?.bundle !== after.code.bundle && !artefact && roles.length === 0 }
}

function differing(one: Readonly<Record<string, Json>>, other: Readonly<Record<string, Json>>): readonly string[] {
  const at = (of: Readonly<Record<string, Json>>, name: string): string | undefined =>
    Object.hasOwn(of, name) ? canonicalJson(of[name] ?? null) : undefined
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => at(one, name) !== at(other, name)).sort()
}

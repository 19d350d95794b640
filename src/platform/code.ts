import type { Json } from '../json.ts'
import type { StoredBlueprint } from './release.ts'

/** How a blueprint's code goes live beside its stacks, as it is published. */
export interface StoredCode {
  /** The outputs that name the CodeDeploy application and its deployment group: references as text. */
  readonly application: string
  readonly group: string
  /** The playbook's path in the platform; null if the blueprint names none. */
  readonly playbook: string | null
  readonly variables: {
    /** References as text. */
    readonly inputs: Readonly<Record<string, string>>
    readonly parameters: Readonly<Record<string, Json>>
  }
}

/**
 * How the code of a published blueprint is shipped; undefined if the stack update ships it. It is read off the blueprint as it was
 * written, which every version of towpath has published, so that no platform has to be published anew.
 */
export function codeOf({ written }: StoredBlueprint): StoredCode | undefined {
  const ship = mapOf(mapOf(written).ship)
  if (ship.with !== 'codedeploy') return undefined
  const variables = mapOf(mapOf(written).variables)
  const { playbook } = mapOf(written)
  return {
    application: String(ship.application),
    group: String(ship.group),
    playbook: typeof playbook === 'string' ? playbook : null,
    variables: {
      inputs: Object.fromEntries(Object.entries(mapOf(variables.inputs)).map(([name, from]) => [name, String(from)])),
      parameters: Object.fromEntries(Object.entries(mapOf(variables.parameters)).map(([name, value]) => [name, value ?? null])),
    },
  }
}

function mapOf(value: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {}
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

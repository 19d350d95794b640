import { type Place, problemAt } from '../document/node.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import type { Reference } from '../service/reference.ts'

/** A value as a descriptor can write one. */
export type VariableValue = string | number | boolean | readonly (string | number | boolean)[]

/** True of what a descriptor's schema takes for a variable's value. */
export function isVariableValue(value: unknown): value is VariableValue {
  return isPlain(value) || (Array.isArray(value) && value.every(isPlain))
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** Where a variable's value comes from: written down, or read when the release is applied. */
export type VariableGiven = { readonly value: VariableValue } | { readonly from: Reference }

/** A playbook's variables, each with the place that gives it. */
export type Variables = ReadonlyMap<string, { readonly given: VariableGiven; readonly place: Place }>

/** The names that the hook gives each playbook beside the variables: no descriptor may give them. */
export const ownVariables: ReadonlySet<string> = new Set([
  'towpath_root',
  'towpath_artefact',
  'towpath_artefact_digest',
  'towpath_service',
  'towpath_event',
  'towpath_deployment',
])

/** The service's variables over the blueprint's. */
export function joinVariables(ofBlueprint: Variables, ofService: Variables): Variables {
  return new Map([...ofBlueprint, ...ofService])
}

/** Names whose value is nearly always a secret; a name that says where one is kept ends otherwise. */
const secretName = /(?:^|_)(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)$/i

/** Texts that nothing but a secret looks like. */
const secretValues: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
]

/** Variables that would put a secret into a release, where everybody can read it, and names that are not theirs to give. */
export function variableProblems(variables: Variables): readonly Problem[] {
  return [...variables].flatMap(([name, { given, place }]) => {
    if (ownVariables.has(name) || name.startsWith('towpath_') || name.startsWith('ansible_'))
      return [problemAt(place, `variables: ${quote(name)} is not a name that a descriptor can give`, 'choose another name')]
    if (!('value' in given) || !looksSecret(name, given.value)) return []
    const hint = `give the name under which the host finds it, such as ${name}_parameter, and let the role read it there`
    return [problemAt(place, `variables: the value of ${quote(name)} looks like a secret, and a release can be read`, hint)]
  })
}

function looksSecret(name: string, value: VariableValue): boolean {
  const texts = (Array.isArray(value) ? value : [value]).map(String)
  return (
    (secretName.test(name) && texts.some((text) => text !== '')) || texts.some((text) => secretValues.some((shape) => shape.test(text)))
  )
}

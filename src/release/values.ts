import { type Place, problemAt } from '../document/node.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import type { StoredValue } from '../platform/release.ts'
import { unmet } from '../template/constraints.ts'
import type { ParameterFact } from '../template/facts.ts'

/** A value for a parameter: where it stands, and whose it is. */
export interface ValueAt {
  readonly name: string
  readonly stack: string
  readonly place: Place
  /** Where it counts; undefined for a value that counts everywhere. */
  readonly environment?: string
}

/** What is wrong with a value for a parameter of a template: a secret that could be read, or a value that the parameter does not take. */
export function valueProblems(facts: ParameterFact, value: StoredValue, { name, stack, place, environment }: ValueAt): readonly Problem[] {
  if (typeof value === 'object' && 'keep' in value) return []
  const given = typeof value === 'object' ? value.map(String) : String(value)
  if (facts.noEcho) return isReference(given) ? [] : [exposed(place, name, stack)]
  const reason = unmet(facts.type, facts.constraints, given)
  if (reason === undefined) return []
  const where = environment === undefined ? '' : ` in ${environment}`
  const shown = typeof given === 'string' ? `${quote(given)} ` : ''
  const message = `the value ${shown}of parameter '${name}' of stack '${stack}'${where} ${reason}`
  return [problemAt(place, message, 'give a value that the template takes')]
}

function isReference(given: string | readonly string[]): boolean {
  return typeof given === 'string' && /^\{\{resolve:[^{}]+\}\}$/.test(given)
}

/** A literal for a parameter whose value must not be readable. */
function exposed(place: Place, name: string, stack: string): Problem {
  const message = `parameter '${name}' of stack '${stack}' is NoEcho and takes no literal`
  return problemAt(place, message, 'give a dynamic reference such as {{resolve:secretsmanager:…}} or {{resolve:ssm-secure:…}}')
}

import { propertiesOf } from './properties.ts'
import { resourceType } from './resource-type.ts'

/** What a change of a property does to its resource. `conditional`: on conditions that the published schema does not tell. */
export type Replacement = 'always' | 'conditional' | 'never' | 'unknown'

/**
 * Whether a change at a path below a resource's `Properties` replaces the resource, such as `['KeySchema', '0', 'AttributeName']`; for
 * positions in lists, any number will do. `unknown` for a type or a property that our data does not have, and for types that do not tell.
 */
export async function replacementOf(type: string, path: readonly (string | number)[]): Promise<Replacement> {
  const data = await resourceType(type)
  const [first] = path
  if (data === undefined || first === undefined || !Object.hasOwn(propertiesOf(data), String(first))) return 'unknown'
  const met = (patterns: readonly string[] = []) => strongest(patterns.map((pattern) => meets(pattern.split('/'), path)))
  const always = met(data.replaces)
  if (always === 'within') return 'always'
  // A value around one that replaces may have changed elsewhere.
  if (always === 'around' || met(data.mayReplace) !== 'apart') return 'conditional'
  return data.updates === false ? 'unknown' : 'never'
}

/** How a path lies to that of a property: at or below it, above it, or neither. */
type Meeting = 'within' | 'around' | 'apart'

function meets(pattern: readonly string[], path: readonly (string | number)[]): Meeting {
  const differs = pattern.some((step, index) => {
    const other = path[index]
    return other !== undefined && step !== String(other) && !(step === '*' && /^(\d+|\*)$/.test(String(other)))
  })
  if (differs) return 'apart'
  return path.length >= pattern.length ? 'within' : 'around'
}

function strongest(meetings: readonly Meeting[]): Meeting {
  return meetings.includes('within') ? 'within' : meetings.includes('around') ? 'around' : 'apart'
}

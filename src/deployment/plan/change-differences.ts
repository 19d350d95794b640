import { canonicalJson } from '../../json.ts'
import type { PlannedChange, PlannedProperty } from './document.ts'

/** How many resources a message names, and how many properties of each. */
const NAMED = 6

/** Says which resources of a stack change differently from what was reviewed, and how; by names and paths, never by values. */
export function changeDifferences(reviewed: readonly PlannedChange[], fresh: readonly PlannedChange[]): readonly string[] {
  const before = byResource(reviewed)
  const now = byResource(fresh)
  const added = [...now.values()].filter(({ logicalId }) => !before.has(logicalId)).map(named)
  const removed = [...before.values()].filter(({ logicalId }) => !now.has(logicalId)).map(named)
  const other = [...before.values()].flatMap((was) => {
    const is = now.get(was.logicalId)
    return is === undefined || isSame(was, is) ? [] : [`${was.logicalId} (${otherwise(was, is)})`]
  })
  const found = [
    ...listed('would also change', added),
    ...listed('would no longer change', removed),
    ...listed('would change otherwise:', other),
  ]
  if (found.length > 0 || canonicalJson(reviewed) === canonicalJson(fresh)) return found
  return ['would change otherwise']
}

function byResource(changes: readonly PlannedChange[]): ReadonlyMap<string, PlannedChange> {
  return new Map(changes.map((change) => [change.logicalId, change]))
}

function isSame(one: PlannedChange, other: PlannedChange): boolean {
  return text(one) === text(other)
}

function named({ logicalId, properties }: PlannedChange): string {
  const paths = pathsOf(properties)
  return paths.length === 0 ? logicalId : `${logicalId} (${limited(paths)})`
}

/** How the change of a resource differs. */
function otherwise(was: PlannedChange, is: PlannedChange): string {
  const facts = (['action', 'type', 'replacement', 'policyAction'] as const).flatMap((fact) =>
    was[fact] === is[fact] ? [] : [`${fact} ${is[fact] ?? 'none'} instead of ${was[fact] ?? 'none'}`],
  )
  const [before, now] = [pathsOf(was.properties), pathsOf(is.properties)]
  const also = now.filter((path) => !before.includes(path))
  const less = before.filter((path) => !now.includes(path))
  const parts = [
    ...facts,
    ...(also.length > 0 ? [`also ${limited(also)}`] : []),
    ...(less.length > 0 ? [`not ${limited(less)}`] : []),
    ...(also.length + less.length === 0 ? recreated(was.properties, is.properties) : []),
  ]
  return parts.join(', ')
}

/** The properties that change on both sides, but with a different need to replace the resource. */
function recreated(was: readonly PlannedProperty[], is: readonly PlannedProperty[]): readonly string[] {
  const before = new Set(was.map(text))
  const paths = pathsOf(is.filter((property) => !before.has(text(property))))
  return paths.length > 0 ? [`another need to replace it for ${limited(paths)}`] : []
}

function pathsOf(properties: readonly PlannedProperty[]): readonly string[] {
  return [...new Set(properties.map(({ attribute, name }) => name ?? attribute))]
}

function listed(what: string, items: readonly string[]): readonly string[] {
  return items.length > 0 ? [`${what} ${limited(items)}`] : []
}

function limited(items: readonly string[]): string {
  return `${items.slice(0, NAMED).join(', ')}${items.length > NAMED ? ` and ${items.length - NAMED} more` : ''}`
}

function text(value: PlannedChange | PlannedProperty): string {
  return canonicalJson(value)
}

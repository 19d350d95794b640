import { closest, distance } from 'fastest-levenshtein'

/**
 * The known name that is most similar to `wrong`, or undefined if none is near. Two letters may be wrong, in a longer name a third of them,
 * in a name of two letters one.
 */
export function nearest(wrong: string, known: Iterable<string>): string | undefined {
  const names = [...known]
  if (names.length === 0) return undefined
  const lower = wrong.toLowerCase()
  const same = names.find((name) => name.toLowerCase() === lower)
  if (same !== undefined) return same
  const best = closest(wrong, names)
  const bearable = Math.max(1, Math.min(2, wrong.length - 1), Math.floor(wrong.length / 3))
  return distance(wrong, best) <= bearable ? best : undefined
}

/** A hint for an unknown name: the nearest known name, else all known names (at most twelve). */
export function suggest(wrong: string, known: Iterable<string>): string {
  const names = [...known].sort()
  const best = nearest(wrong, names)
  if (best !== undefined) return `did you mean '${best}'?`
  if (names.length === 0) return 'there is none'
  const shown = names.slice(0, 12).map((name) => `'${name}'`)
  return `there ${names.length === 1 ? 'is' : 'are'} ${shown.join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`
}

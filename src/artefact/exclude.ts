import picomatch from 'picomatch'
import { TowpathError } from '../errors.ts'
import { expandBraces, plainGlob } from './glob.ts'
import { shown } from './names.ts'

/** Whether an entry stays out of the archive; `name` is relative to the archive's root. An excluded folder is not walked. */
export type Exclude = (name: string, isFolder: boolean) => boolean

/** What a pattern may be: more is no pattern that a person means, and its matching would be work without an end. */
const LONGEST_PATTERN = 1_000
const MOST_PATTERNS = 1_000
const MOST_ALTERNATIVES = 256
/** Wildcards that picomatch is given: each multiplies its work by the length of a name. */
const MOST_WILDCARDS = 2

/**
 * Reads the glob patterns of `artefact.exclude`: relative to the artefact's root, dotfiles included, a trailing `/` for folders only.
 * A pattern that could never mean what it seems to (negated, absolute, leading upwards) is refused.
 */
export function excluding(patterns: readonly string[]): Exclude {
  if (patterns.length > MOST_PATTERNS)
    throw new TowpathError('bad-input', `artefact.exclude has ${patterns.length} patterns, and takes ${MOST_PATTERNS}`, {
      hint: 'join some: **/*.map stands for all of its kind',
    })
  const matches = patterns.flatMap((pattern) => {
    const alternatives = pattern.length > LONGEST_PATTERN ? undefined : expandBraces(pattern, MOST_ALTERNATIVES)
    const fault = patternFault(pattern) ?? (alternatives?.every(isBounded) ? undefined : 'would take too long to match')
    if (fault) {
      const hint = "write patterns relative to the artefact's root, such as '**/*.map' or 'docs/'"
      throw new TowpathError('bad-input', `artefact.exclude: pattern '${shown(pattern)}' ${fault}`, { hint })
    }
    return (alternatives ?? []).map((one) => (isLight(one) ? otherGlob(one) : (plainGlob(one) ?? otherGlob(one))))
  })
  return (name, isFolder) => matches.some((match) => match(name, isFolder))
}

function otherGlob(pattern: string): Exclude {
  const match = picomatch(pattern, { dot: true, windows: false })
  return (name, isFolder) => match(name) || (isFolder && match(`${name}/`))
}

/** True of a pattern that takes a bounded number of steps. */
function isBounded(pattern: string): boolean {
  return isLight(pattern) || plainGlob(pattern) !== undefined
}

/** True of a pattern with few wildcards and no group in a group: whoever matches it, it takes few steps. */
function isLight(pattern: string): boolean {
  const wildcards = pattern.match(/\*+|[?*+!@]\(/g)?.length ?? 0
  return wildcards <= MOST_WILDCARDS && !/\([^)]*\(/.test(pattern)
}

function patternFault(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'is empty'
  if (/^!(?!\()/.test(pattern)) return "begins with '!', and would leave out everything else"
  if (pattern.startsWith('/')) return "begins with '/'"
  return pattern.split('/').includes('..') ? "leads out of the artefact with '..'" : undefined
}

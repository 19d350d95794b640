/** Whether a name, relative and with `/`, fits a pattern. */
export type Matches = (name: string, isFolder: boolean) => boolean

/** Texts that mean themselves in every glob dialect, with `*` and `?`. */
const plain = /^[\p{L}\p{N}\p{M}_.~#%=,:;& *?-]+$/u

/**
 * A matcher for a pattern of names, `*`, `?` and `**` alone: it takes no more steps than the name has characters times those of the pattern,
 * whatever they are. Undefined for a pattern that holds more than that. It judges as picomatch does with `dot`.
 */
export function plainGlob(pattern: string): Matches | undefined {
  const onlyFolders = pattern.endsWith('/')
  const steps = (onlyFolders ? pattern.slice(0, -1) : pattern).replace(/^(?:\.\/)+/, '').split('/')
  const isPlain = steps.every((step) => step === '**' || (plain.test(step) && !step.includes('**') && step !== '.'))
  if (!isPlain) return undefined
  const isAnything = (step: string): boolean => step === '**'
  return (name, isFolder) => (isFolder || !onlyFolders) && fits(steps, name.split('/'), isAnything, stepFits)
}

function stepFits(pattern: string, step: string): boolean {
  return fits(
    pattern.split(''),
    step.split(''),
    (one) => one === '*',
    (one, other) => one === '?' || one === other,
  )
}

/**
 * Matches two lists, where an element of the pattern that is a star stands for any number of elements. Going back to the last star is enough:
 * what fitted before it fits still.
 */
function fits<T>(pattern: readonly T[], given: readonly T[], isStar: (one: T) => boolean, same: (one: T, other: T) => boolean): boolean {
  let [at, here] = [0, 0]
  let back: { readonly at: number; here: number } | undefined
  while (here < given.length) {
    const wanted = pattern[at]
    const found = given[here]
    if (wanted !== undefined && isStar(wanted)) {
      back = { at, here }
      at += 1
    } else if (wanted !== undefined && found !== undefined && same(wanted, found)) {
      at += 1
      here += 1
    } else if (back) {
      back.here += 1
      at = back.at + 1
      here = back.here
    } else return false
  }
  return pattern.slice(at).every(isStar)
}

/** The patterns that a pattern with `{a,b}` stands for; undefined if they are more than `most`. Braces of another kind stay. */
export function expandBraces(pattern: string, most: number): readonly string[] | undefined {
  const done: string[] = []
  const open = [pattern]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [whole = '', inner = ''] = /\{([^{}]*,[^{}]*)\}/.exec(next) ?? []
    if (whole === '') done.push(next)
    else for (const one of inner.split(',')) open.push(next.replace(whole, () => one))
    if (done.length + open.length > most) return undefined
  }
  return done
}

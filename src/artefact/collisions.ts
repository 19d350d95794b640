/** Two names that would be one file (or a file and a folder in one place) on some system. */
export interface Collision {
  readonly first: string
  readonly second: string
}

interface Place {
  /** The last step of the way here, as first written. */
  readonly step: string
  readonly folder: boolean
  below?: Map<string, Place>
}

/**
 * The collisions among the names of an archive: names that are the same, or that differ only in case or in Unicode form, folders above
 * them included. A name that ends in `/` is a folder. Each colliding path is told once, with the one before it in the list.
 */
export function collisions(names: readonly string[]): readonly Collision[] {
  const root: Place = { step: '', folder: true }
  const found = new Map<string, Collision>()
  for (const name of names) {
    const collision = place(root, name)
    if (collision) found.set(JSON.stringify(collision), collision)
  }
  return [...found.values()]
}

function place(root: Place, name: string): Collision | undefined {
  const steps = name.split('/').filter((step) => step !== '' && step !== '.')
  let here = root
  for (const [index, step] of steps.entries()) {
    const folder = index < steps.length - 1 || name.endsWith('/')
    here.below ??= new Map()
    const there = here.below.get(folded(step))
    if (there && !(there.step === step && there.folder && folder)) {
      const above = steps.slice(0, index)
      return { first: [...above, there.step].join('/'), second: [...above, step].join('/') }
    }
    const next: Place = there ?? { step, folder }
    here.below.set(folded(step), next)
    here = next
  }
  return undefined
}

/**
 * The form that systems which ignore case and normalisation compare by: lower and then upper case is JavaScript's nearest to Unicode's full
 * case folding (`ß` and `ss` are one). It is stricter by one letter: the dotless `ı` counts as `i`.
 */
export function folded(name: string): string {
  return name.normalize('NFD').toLowerCase().toUpperCase().normalize('NFD')
}

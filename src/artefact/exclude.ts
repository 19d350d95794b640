import picomatch from 'picomatch'
import { TowpathError } from '../errors.ts'
import { shown } from './names.ts'

/** Whether an entry stays out of the archive; `name` is relative to the archive's root. An excluded folder is not walked. */
export type Exclude = (name: string, isFolder: boolean) => boolean

/**
 * Reads the glob patterns of `artefact.exclude`: relative to the artefact's root, dotfiles included, a trailing `/` for folders only.
 * A pattern that could never mean what it seems to (negated, absolute, leading upwards) is refused.
 */
export function excluding(patterns: readonly string[]): Exclude {
  const matches = patterns.map((pattern) => {
    const fault = patternFault(pattern)
    if (fault) {
      const hint = "write patterns relative to the artefact's root, such as '**/*.map' or 'docs/'"
      throw new TowpathError('bad-input', `artefact.exclude: pattern '${shown(pattern)}' ${fault}`, { hint })
    }
    return picomatch(pattern, { dot: true, windows: false })
  })
  return (name, isFolder) => matches.some((match) => match(name) || (isFolder && match(`${name}/`)))
}

function patternFault(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'is empty'
  if (/^!(?!\()/.test(pattern)) return "begins with '!', and would leave out everything else"
  if (pattern.startsWith('/')) return "begins with '/'"
  return pattern.split('/').includes('..') ? "leads out of the artefact with '..'" : undefined
}

import { nearest, suggest } from '../nearest.ts'

const longestShown = 80
const longestName = 255
const mostSuggestions = 50

/** A text as messages show it: on one line, and cut if it is very long. */
export function cut(text: string): string {
  const line = text.slice(0, longestShown).replace(/\s/g, ' ')
  return text.length > longestShown ? `${line}…` : line
}

/** A name as messages show it. */
export function shown(name: string): string {
  return `'${cut(name)}'`
}

/** The name that a wrong one was meant to be; if none is near, what to do `otherwise`, or which names there are. */
export type Suggest = (wrong: string, known: Iterable<string>, otherwise?: string) => string | undefined

/**
 * Suggestions for one document. Finding the nearest name takes time in the number and length of names, so only the first fifty mistakes
 * get one, and none that is longer than a name can be: a file full of mistakes must still be refused in time that grows with its size.
 */
export function suggesting(): Suggest {
  let made = 0
  return (wrong, known, otherwise) => {
    if (wrong.length > longestName || ++made > mostSuggestions) return otherwise
    const names = [...known].filter((name) => name.length <= longestName)
    if (otherwise === undefined) return suggest(wrong, names)
    const near = nearest(wrong, names)
    return near === undefined ? otherwise : `did you mean '${near}'?`
  }
}

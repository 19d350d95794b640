import { nearest, suggest } from '../nearest.ts'

const longestName = 255
const mostSuggestions = 50

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

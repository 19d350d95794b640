import { type Verb, verbs } from '../commands/verbs.ts'

/** The verbs that are actions too: all that are not declared to be for people at a terminal only. */
export const actionVerbs: ReadonlyMap<string, Verb> = new Map([...verbs].filter(([, { on }]) => on !== 'cli'))

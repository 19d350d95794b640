import { type Verb, verbs } from '../commands/verbs.ts'

/** The verbs that are for people at a terminal, and are not actions (design 9). */
const terminalOnly: ReadonlySet<string> = new Set(['bootstrap', 'github-id', 'log', 'status', 'recover', 'unlock'])

/** The verbs that are actions too. */
export const actionVerbs: ReadonlyMap<string, Verb> = new Map([...verbs].filter(([name]) => !terminalOnly.has(name)))

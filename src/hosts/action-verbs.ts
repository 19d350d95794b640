import { type Verb, verbs } from '../commands/verbs.ts'

/** What is for people at a terminal: these verbs are no actions (design 9). */
const terminalOnly: ReadonlySet<string> = new Set(['bootstrap', 'github-id', 'log', 'status', 'recover', 'unlock'])

/** The verbs that are actions too. */
export const actionVerbs: ReadonlyMap<string, Verb> = new Map([...verbs].filter(([name]) => !terminalOnly.has(name)))

import type { Command } from './command.ts'
import { summaries } from './summaries.ts'

/** A verb as the hosts list it before they load it: its purpose, where it can be called, and how to load it. */
export interface Verb {
  readonly summary: string
  readonly on?: 'cli'
  load(): Promise<{ readonly default: unknown }>
}

/** Loads one verb and nothing of the others. The verbs stand in the order in which people meet them. */
const loaders: Readonly<Record<keyof typeof summaries, Verb['load']>> = {
  bootstrap: () => import('./bootstrap.ts'),
  validate: () => import('./validate.ts'),
  'sync-platform': () => import('./sync-platform.ts'),
  'package-artefact': () => import('./package-artefact.ts'),
  'merge-templates': () => import('./merge-templates.ts'),
  'create-release': () => import('./create-release.ts'),
  plan: () => import('./plan.ts'),
  deploy: () => import('./deploy.ts'),
  'deploy-stacks': () => import('./deploy-stacks.ts'),
  'deploy-code': () => import('./deploy-code.ts'),
  rollback: () => import('./rollback.ts'),
  'run-ansible': () => import('./run-ansible.ts'),
  'log-deployment': () => import('./log-deployment.ts'),
  'github-id': () => import('./github-id.ts'),
  unlock: () => import('./unlock.ts'),
  log: () => import('./log.ts'),
}

/** Every verb by its name, in the order in which people meet them. */
export const verbs: ReadonlyMap<string, Verb> = new Map(
  Object.entries(loaders).map(([name, load]) => [name, { ...summaries[name as keyof typeof summaries], load }]),
)

/** Loads a verb. Its input types are dropped here: a host gives it values that were parsed by the verb's own declaration. */
export async function loadVerb(verb: Verb): Promise<Command> {
  return (await verb.load()).default as Command
}

/** The verbs that are actions too: all that are not declared to be for people at a terminal only. */
export const actionVerbs: ReadonlyMap<string, Verb> = new Map([...verbs].filter(([, { on }]) => on !== 'cli'))

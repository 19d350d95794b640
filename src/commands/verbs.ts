import type { Command } from './command.ts'
import { summaries } from './summaries.ts'

/** A verb as the hosts list it: what it is for, and where it is when it is wanted. */
export interface Verb {
  readonly summary: string
  load(): Promise<{ readonly default: unknown }>
}

/** Loading one verb loads nothing of the others. */
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
  rollback: () => import('./rollback.ts'),
  'log-deployment': () => import('./log-deployment.ts'),
  unlock: () => import('./unlock.ts'),
  log: () => import('./log.ts'),
}

/** Every verb there is, by name, in the order people meet them. */
export const verbs: ReadonlyMap<string, Verb> = new Map(
  Object.entries(summaries).map(([name, summary]) => [name, { summary, load: loaders[name as keyof typeof summaries] }]),
)

/** Loads a verb. Its input types are forgotten here: a host hands it values that it parsed by the verb's own declaration. */
export async function loadVerb(verb: Verb): Promise<Command> {
  return (await verb.load()).default as Command
}

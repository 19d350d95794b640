import { gitHubApi } from '../../src/adapters/github/api.ts'
import { gitHubDeployments } from '../../src/adapters/github/deployments.ts'
import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import { actionVerbs } from '../../src/commands/verbs.ts'
import type { World } from '../../src/commands/world.ts'
import { type ActionHost, runAction } from '../../src/hosts/action-run.ts'
import type { Signals } from '../../src/hosts/signals.ts'
import type { Annotation, Runner } from '../../src/ports/runner.ts'
import { memoryFiles } from '../world/files.ts'
import { fakeIdentityProviders } from '../world/identity-providers.ts'
import { account, aPlatform, aService, type MemoryWorld, readyWorld, region } from '../world/towpath.ts'

/** A runner that keeps what it is told. */
export interface KeepingRunner extends Runner {
  readonly lines: string[]
  readonly groups: Map<string, readonly string[]>
  readonly annotations: Annotation[]
  readonly masks: string[]
  readonly outputs: Map<string, unknown>
  readonly summaries: string[]
  /** What was told, in order: line, group, error, warning, mask, output, summary. */
  readonly order: string[]
}

export function keepingRunner(): KeepingRunner {
  const kept = {
    lines: [],
    groups: new Map(),
    annotations: [],
    masks: [],
    outputs: new Map(),
    summaries: [],
    order: [],
  } as unknown as KeepingRunner
  return {
    ...kept,
    line(text) {
      kept.order.push('line')
      kept.lines.push(text)
    },
    group(title, lines) {
      kept.order.push('group')
      kept.groups.set(title, lines)
    },
    annotate(annotation) {
      kept.order.push(annotation.level)
      kept.annotations.push(annotation)
    },
    mask(text) {
      kept.order.push('mask')
      kept.masks.push(text)
    },
    output(name, value) {
      kept.order.push('output')
      kept.outputs.set(name, value)
    },
    async summary(markdown) {
      kept.order.push('summary')
      kept.summaries.push(markdown)
    },
  }
}

/** Signals that never come. */
export const noSignals = (): Signals => ({ interrupted: new AbortController().signal, over: new Promise<never>(() => {}), stop() {} })

/** Actions in the world in memory: the platform published, the service in the workspace. */
export interface ActionWorld {
  readonly memory: MemoryWorld
  /** Lays files over those of the platform and the service. */
  write(tree: Readonly<Record<string, string>>): void
  /** Runs an action by its inputs, each under its own name. */
  run(
    verb: string,
    inputs?: Readonly<Record<string, string>>,
    host?: Partial<ActionHost>,
  ): Promise<KeepingRunner & { readonly code: number }>
}

export async function actionWorld(service = aService(), platform = aPlatform()): Promise<ActionWorld> {
  const memory = await readyWorld(platform, service)
  const tree = { ...platform, ...service }
  let drawn = 0
  return {
    memory,
    write: (changes) => void Object.assign(tree, changes),
    async run(verb, inputs = {}, host = {}) {
      const runner = keepingRunner()
      const code = await runAction(verb, {
        workspace: '/service',
        variables: variablesOf(inputs),
        runner,
        verbs: actionVerbs,
        listen: noSignals,
        world: ({ log, interrupted, region: asked, githubToken }): World => ({
          files: memoryFiles(tree),
          archiver: nodeArchiver(),
          longPrograms: { follow: async () => undefined },
          processes: { has: async () => false, run: async () => undefined },
          workflow: undefined,
          repository: () => Promise.reject(new Error('no GitHub here')),
          localCommits: async () => ({ compare: async () => 'unknown' as const }),
          clock: memory.clock,
          log,
          interrupted,
          region: asked ?? region,
          random: (bytes) => String(++drawn).padStart(bytes * 2, 'a'),
          origin: async () => ({
            actor: 'alice',
            repository: 'acme/delivery',
            repositoryId: '42',
            commit: '1'.repeat(40),
            run: null,
            towpath: '0.0.0',
          }),
          commits: async () => undefined,
          objects: async () => memory.bucket.as('action'),
          stacks: async () => memory.cloud.as('action'),
          rollouts: () => Promise.reject(new Error('no code is deployed here')),
          identity: async () => ({ account, arn: 'arn' }),
          gitHubDeployments: async () =>
            githubToken === undefined
              ? undefined
              : gitHubDeployments(
                  gitHubApi({ url: memory.github.url, repository: memory.github.name, token: githubToken, fetch: memory.github.fetch }),
                ),
          as: () => {
            throw new Error('nobody has a role here')
          },
          comments: async () => memory.conversation.as('github-actions[bot]'),
          template: async (_, stackId) => memory.cloud.templateOf(stackId),
          identityProviders: async () => fakeIdentityProviders(),
        }),
        ...host,
      })
      return { ...runner, code }
    },
  }
}

/** Inputs as GitHub hands them to an action. */
export function variablesOf(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]))
}

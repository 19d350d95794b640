import type { Origin } from '../../../src/origin.ts'
import { type FakeDeployment, stateOf } from '../../world/github/repository.ts'
import { aPlatform, aService, type MemoryWorld, type Ran, readyWorld, type Who } from '../../world/towpath.ts'

export const commit = (n: number): string => String(n).repeat(40)

export const run = (n: number): string => `https://github.com/acme/delivery/actions/runs/${n}`

/** Who deploys the n-th commit, in a run of the same number. */
export function onGitHub(world: MemoryWorld, n: number, origin: Partial<Origin> = {}): Who {
  const who = { repository: 'acme/delivery', repositoryId: '42', commit: commit(n), run: run(n), ...origin }
  return { name: `run ${n}`, token: world.github.token, origin: who }
}

/** A world whose repository has nine commits, one after the other. */
export async function gitHubWorld(platform = aPlatform(), service = aService()): Promise<MemoryWorld> {
  const world = await readyWorld(platform, service)
  for (let n = 1; n <= 9; n++) world.github.push(commit(n), n === 1 ? undefined : commit(n - 1))
  return world
}

/** Deploys a change: a Thing of size n, from the n-th commit. */
export function deployed(world: MemoryWorld, n: number, who: Partial<Who> = {}): Promise<Ran> {
  world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: n } } } } } }))
  return world.run('deploy', {}, { ...onGitHub(world, n), ...who })
}

/** What GitHub shows, one line a deployment: its number of the deployment, task and state. */
export function shownOnGitHub({ github }: MemoryWorld): readonly string[] {
  return github.deployments.map((one) => `${numberOf(one)} ${one.task} ${stateOf(one)}`)
}

export function numberOf({ payload }: FakeDeployment): number {
  return (payload as { readonly deployment: number }).deployment
}

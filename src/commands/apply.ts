import type { Objects } from '../bucket/objects.ts'
import type { DeployRequest } from '../deployment/deploy.ts'
import { keepOrder } from '../deployment/order.ts'
import { type Reviewed, readReviewed } from '../deployment/plan/reviewed.ts'
import { type Commits, firstKnown } from '../ports/commits.ts'
import { requireStackNames } from '../release/admission.ts'
import type { Admitted } from './caller.ts'
import { type DeployedOutputs, outputsOrError } from './deployed.ts'
import { deployShown } from './github-deployments.ts'
import { claimOf } from './target.ts'
import type { World } from './world.ts'

/** Applies a release in the name of the caller, for the commit that is checked out in `path` or that the workflow runs for. */
export async function applyRelease(
  world: World,
  path: string,
  { as, entry }: Admitted,
  request: Omit<DeployRequest, 'origin' | 'claim' | 'order'>,
): Promise<DeployedOutputs> {
  const { manifest } = request.release
  const names = Object.values(manifest.stacks).map(({ name }) => name)
  if (entry) requireStackNames(names, manifest.service, request.target.ledger.environment, entry)
  const origin = { ...(await world.origin(path)), ...(as === undefined ? {} : { as }) }
  const order = keepOrder({
    kind: request.kind,
    origin,
    commits: () => commitsOf(world, path),
    isRerun: (world.workflow?.attempt ?? 1) > 1,
    consents: request.consents,
  })
  return outputsOrError(await deployShown(world, { ...request, origin, order, claim: claimOf(world, origin) }))
}

/** The reviewed plan with this digest; undefined if no digest is given. */
export async function reviewedPlan(objects: Objects, digest: string | undefined): Promise<Reviewed | undefined> {
  return digest === undefined ? undefined : readReviewed(objects, digest)
}

/** Asks GitHub first, which knows the whole history, then the working directory. */
async function commitsOf(world: World, path: string): Promise<Commits> {
  const github = await world.commits()
  return firstKnown([...(github ? [github] : []), await world.localCommits(path)])
}

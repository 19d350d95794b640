import type { DeployRequest } from '../deployment/deploy.ts'
import type { Reviewed } from '../deployment/plan/reviewed.ts'
import type { Target } from '../deployment/target/target.ts'
import { TowpathError } from '../errors.ts'
import { undeclared } from '../platform/environment.ts'
import { releaseOf } from '../release/manifest.ts'
import { findRelease } from '../release/store.ts'
import { deployedText } from '../render/deployed.ts'
import { composeAt, withRelease } from '../repository/release.ts'
import type { Admitted } from './caller.ts'
import { command } from './command.ts'
import { type DeployedOutputs, deployedOutputs } from './deployed.ts'
import type { Dry } from './dry-run.ts'
import { bucket, changing, environment, force, path, plan, repository, service } from './inputs.ts'
import { serviceNamed } from './service.ts'
import { openTarget } from './target.ts'
import type { World } from './world.ts'

export default command({
  name: 'deploy',
  summary: 'Apply a release to an environment, and watch it until it is live.',
  inputs: {
    path,
    release: {
      kind: 'string',
      description: 'A release that exists, by any unique prefix; without it the one in --path is composed, stored and applied.',
    },
    service: { ...service, description: "The service's name, with --release; instead of --path." },
    repository,
    environment,
    plan,
    bucket,
    force,
    ...changing,
  },
  outputs: deployedOutputs,
  examples: [
    'deploy --path . --environment staging --bucket acme-towpath',
    'deploy --service delivery --release 3f2a --environment production --bucket acme-towpath',
  ],
  async run(
    {
      path,
      release,
      service,
      repository,
      environment,
      plan,
      bucket,
      force,
      timeout,
      wait,
      consent,
      'dry-run': dry,
      'fail-on-gate': failOnGate,
    },
    world,
  ) {
    if (service !== undefined && release === undefined)
      throw new TowpathError('bad-input', '--service needs --release', { hint: 'give --release, or --path instead of --service' })
    const objects = await world.objects(bucket)
    const reviewed = plan === undefined ? undefined : await (await import('./apply.ts')).reviewedPlan(objects, plan)
    const chosen = release === undefined ? undefined : await findRelease(objects, await serviceNamed(world, service, path), release)
    const name = chosen?.manifest.service ?? (await serviceNamed(world, service, path))
    const target = await openTarget(world, objects, {
      service: name,
      environment,
      intent: 'deploy',
      timeout,
      forced: force,
      consents: dry ? undefined : new Set(consent),
    })
    const composes = chosen === undefined
    const admitted = await (await import('./caller.ts')).admit(world, objects, {
      service: name,
      path,
      repository,
      composes,
      environment: target.entry,
    })
    if (chosen && reviewed) (await subjects()).requireSubject(reviewed, target.entry, chosen.id)
    const consents = new Set(consent)
    if (dry)
      return chosen
        ? (await import('./dry-run.ts')).dryRun(target, chosen, { consents, reviewed, failOnGate })
        : dryRunHere(world, target, path, { consents, reviewed, failOnGate })
    const applied = chosen ? { target, release: chosen } : await composeHere(world, target, path, admitted, reviewed)
    return (await import('./apply.ts')).applyRelease(world, path, admitted, {
      ...applied,
      kind: 'deploy',
      reviewed,
      wait,
      timeout,
      consents,
    })
  },
  text: deployedText,
})

/** Loaded only where a plan was reviewed. */
const subjects = () => import('../deployment/plan/reviewed.ts')

/**
 * Composes the release in a folder, claims its service's name, and stores it. Gives it with a target that has its templates already. Stores
 * nothing if the release cannot be deployed.
 */
async function composeHere(
  world: World,
  target: Target,
  path: string,
  admitted: Admitted,
  reviewed: Reviewed | undefined,
): Promise<Pick<DeployRequest, 'target' | 'release'>> {
  const { entry, ledger } = target
  const { objects, environment } = ledger
  return withRelease(world, objects, path, undefined, async ({ manifest, blobs }, store) => {
    const { service, environments } = manifest
    if (!Object.hasOwn(environments, environment)) throw undeclared(environment, Object.keys(environments), `service '${service}'`)
    if (reviewed) (await subjects()).requireSubject(reviewed, entry, releaseOf(manifest).id)
    await (await import('./caller.ts')).takeName(world, objects, manifest, admitted, false)
    return { target: { ...target, composed: blobs }, release: await store() }
  })
}

/** Plans the deployment of the release in a folder, and stores nothing. */
async function dryRunHere(world: World, target: Target, path: string, dry: Dry): Promise<DeployedOutputs> {
  const { manifest, blobs } = await composeAt(world, target.ledger.objects, path)
  const release = releaseOf(manifest)
  if (dry.reviewed) (await subjects()).requireSubject(dry.reviewed, target.entry, release.id)
  return (await import('./dry-run.ts')).dryRun({ ...target, composed: blobs }, release, dry)
}

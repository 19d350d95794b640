import type { Objects } from '../bucket/objects.ts'
import type { Target } from '../deployment/target.ts'
import { TowpathError } from '../errors.ts'
import { type Release, releaseOf } from '../release/manifest.ts'
import { claimName } from '../release/owner.ts'
import { undeclared } from '../release/parameters.ts'
import { findRelease } from '../release/store.ts'
import { deployedText } from '../render/deployed.ts'
import { command } from './command.ts'
import { bucket, changing, environment, path, service } from './common.ts'
import { type DeployedOutputs, deployedOutputs, withOutputs } from './deployed.ts'
import { dryRun } from './dry-run.ts'
import { composeAt, serviceNameAt, withRelease } from './release.ts'
import { summaries } from './summaries.ts'
import { claimOf, openTarget } from './target.ts'
import type { World } from './world.ts'

export default command({
  name: 'deploy',
  summary: summaries.deploy,
  inputs: {
    path,
    release: {
      kind: 'string',
      description: 'A release that exists, by any unique prefix; without it the one in --path is composed, stored and applied.',
    },
    service: { ...service, description: "The service's name, with --release; instead of --path." },
    environment,
    bucket,
    ...changing,
  },
  outputs: deployedOutputs,
  examples: [
    'deploy --path . --environment staging --bucket acme-towpath',
    'deploy --service delivery --release 3f2a --environment production --bucket acme-towpath',
  ],
  async run({ path, release, service, environment, bucket, timeout, wait, consent, 'dry-run': dry }, world) {
    if (service !== undefined && release === undefined)
      throw new TowpathError('bad-input', '--service needs --release', { hint: 'give --release, or --path instead of --service' })
    const objects = await world.objects(bucket)
    const chosen = release === undefined ? undefined : await findRelease(objects, service ?? (await serviceNameAt(world, path)), release)
    const name = chosen?.manifest.service ?? (await serviceNameAt(world, path))
    const target = await openTarget(world, objects, name, environment, timeout)
    if (dry) return chosen ? dryRun(target, chosen, new Set(consent)) : dryRunHere(world, target, path, new Set(consent))
    const applied = chosen ?? (await composeHere(world, objects, path, environment))
    const origin = await world.origin(path)
    const { deploy } = await import('../deployment/deploy.ts')
    return withOutputs(() =>
      deploy({
        target,
        release: applied,
        kind: 'deploy',
        origin,
        claim: claimOf(world, origin),
        wait,
        timeout,
        consents: new Set(consent),
      }),
    )
  },
  text: deployedText,
})

/** Composes the release in a folder, claims its service's name, and stores it. What cannot be deployed is refused before anything is stored. */
async function composeHere(world: World, objects: Objects, path: string, environment: string): Promise<Release> {
  const { repositoryId: id, repository } = await world.origin(path)
  return withRelease(world, objects, path, undefined, async ({ manifest: { service, environments } }, store) => {
    if (!Object.hasOwn(environments, environment)) throw undeclared(environment, Object.keys(environments), `service '${service}'`)
    await claimName(objects, service, { id, name: id === null ? null : repository }, false, world.log)
    return store()
  })
}

/** Plans what the folder would deploy, and stores nothing. */
async function dryRunHere(world: World, target: Target, path: string, consents: ReadonlySet<string>): Promise<DeployedOutputs> {
  const { manifest, blobs } = await composeAt(world, target.ledger.objects, path)
  return dryRun({ ...target, unstored: blobs }, releaseOf(manifest), consents)
}

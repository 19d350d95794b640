import { findEnd } from '../deployment/log/history.ts'
import { everDeployed, present, rollbackTarget } from '../deployment/log/present.ts'
import type { Attempt } from '../deployment/log/record.ts'
import { readAttempts } from '../deployment/takeover.ts'
import type { Target } from '../deployment/target/target.ts'
import type { Digest } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { type Release, shortId } from '../release/manifest.ts'
import { readRelease } from '../release/store.ts'
import { deployedText } from '../render/deployed.ts'
import { serviceNameAt } from '../repository/release.ts'
import { applyRelease } from './apply.ts'
import { admit } from './caller.ts'
import { command } from './command.ts'
import { type DeployedOutputs, deployedOutputs } from './deployed.ts'
import { dryRun } from './dry-run.ts'
import { bucket, changing, environment, path, repository, service } from './inputs.ts'
import { summaries } from './summaries.ts'
import { openTarget } from './target.ts'

export default command({
  name: 'rollback',
  summary: summaries.rollback,
  inputs: {
    path,
    service,
    repository,
    environment,
    to: {
      kind: 'string',
      description:
        'A release that was deployed here before, by any unique prefix; without it, the newest that worked before the present one.',
    },
    bucket,
    ...changing,
  },
  outputs: deployedOutputs,
  examples: [
    'rollback --service delivery --environment production --bucket acme-towpath',
    'rollback --path . --environment production --to 3f2a --bucket acme-towpath',
  ],
  async run({ path, service, repository, environment, to, bucket, timeout, wait, consent, 'dry-run': dry }, world) {
    const objects = await world.objects(bucket)
    const name = service ?? (await serviceNameAt(world, path))
    const target = await openTarget(world, objects, { service: name, environment, intent: 'deploy', timeout })
    const admitted = await admit(world, objects, { service: name, path, repository, environment: target.entry })
    const choose = (): Promise<Release | undefined> => chooseRelease(target, to)
    const release = await choose()
    if (release === undefined) return nowhere(target)
    const consents = new Set(consent)
    if (dry) return dryRun(target, release, { consents })
    return applyRelease(world, path, admitted, { target, release, choose, kind: 'rollback', wait, timeout, consents })
  },
  text: deployedText,
})

/**
 * The release to go back to, as the log is now; a deployment that is in progress or was never finished counts as an attempt. If there is
 * none, logs that and gives undefined.
 */
async function chooseRelease(target: Target, to: string | undefined): Promise<Release | undefined> {
  const { objects, service, environment } = target.ledger
  const attempts = await readAttempts(target)
  const chosen = to === undefined ? rollbackTarget(attempts) : among(everDeployed(attempts), to, service, environment)
  target.log.info(chosen === undefined ? nothingToGoBackTo(attempts, service, environment) : `going back to release ${shortId(chosen)}`)
  return chosen && readRelease(objects, service, chosen)
}

function nothingToGoBackTo(attempts: readonly Attempt[], service: string, environment: string): string {
  return attempts.length === 0
    ? `${service} was never deployed to ${environment}: there is nothing to go back to`
    : `no release of ${service} succeeded in ${environment} before the present one: there is nothing to go back to`
}

/** The only release with this prefix among those that were deployed here. Throws 'not-found' if there is none, or more than one. */
function among(deployed: readonly Digest[], prefix: string, service: string, environment: string): Digest {
  const hex = prefix.replace(/^sha256:/, '').toLowerCase()
  const found = deployed.filter((digest) => hex !== '' && digest.startsWith(`sha256:${hex}`))
  const [only] = found
  if (found.length === 1 && only !== undefined) return only
  const listed = (found.length > 1 ? found : deployed).slice(0, 8).map(shortId).join(', ')
  if (found.length > 1)
    throw new TowpathError(
      'not-found',
      `'${prefix}' is ambiguous: ${found.length} releases that were deployed to ${environment} begin with it`,
      { hint: `give more digits: ${listed}` },
    )
  throw new TowpathError('not-found', `no release of '${service}' that was deployed to ${environment} begins with '${prefix}'`, {
    hint: listed === '' ? 'nothing was ever deployed there' : `there are ${listed}`,
  })
}

/** The outputs if there is nothing to go back to: everything stays as it is. */
async function nowhere({ ledger }: Target): Promise<DeployedOutputs> {
  const { number, record } = await findEnd(ledger)
  const now = present(record?.value)
  return {
    outcome: 'succeeded',
    changed: false,
    deployment: number === 0 ? null : number,
    release: now,
    previous: now,
    stacks: [],
    cause: null,
    rollout: null,
  }
}

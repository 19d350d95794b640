import type { Objects } from '../bucket/objects.ts'
import type { Recording } from '../deployment/recording.ts'
import { TowpathError } from '../errors.ts'
import { readEnvironment, undeclared } from '../platform/environment.ts'
import { findRelease } from '../release/store.ts'
import { command } from './command.ts'
import { showOnGitHub } from './github-deployments.ts'
import { bucket, changing, environment, path, repository, service } from './inputs.ts'
import { serviceNamed } from './service.ts'
import { claimOf } from './target.ts'

/** The longest version, in UTF-16 code units. It is a name that tables and pages show, not a text. */
const LONGEST_VERSION = 100

export default command({
  name: 'log-deployment',
  summary: 'Record a deployment that something else made.',
  inputs: {
    path,
    service,
    repository,
    environment,
    release: { kind: 'string', description: 'The release that was deployed, if it is one of Towpath, by any unique prefix.' },
    version: { kind: 'string', description: 'What was deployed, in your own words, if it is no release of Towpath.' },
    outcome: {
      kind: 'enum',
      values: ['succeeded', 'failed', 'unknown'],
      required: true,
      description: 'How it ended: succeeded, failed or unknown.',
    },
    bucket,
    wait: changing.wait,
    'dry-run': { kind: 'boolean', description: 'Check the inputs and record nothing.' },
  },
  outputs: {
    deployment: { kind: 'number', nullable: true, description: "The deployment's number; null for a dry run." },
  },
  examples: [
    'log-deployment --service delivery --environment production --version 2024.11 --outcome succeeded --bucket acme-towpath',
    'log-deployment --service delivery --environment production --release 3f2a --outcome failed --bucket acme-towpath',
  ],
  async run({ path, service, repository, environment, release, version, outcome, bucket, wait, 'dry-run': dry }, world) {
    const objects = await world.objects(bucket)
    const name = await serviceNamed(world, service, path)
    const { as } = await (await import('./caller.ts')).admit(world, objects, {
      service: name,
      path,
      repository,
      environment: await readEnvironment(objects, environment),
    })
    const what = await whatOf(objects, name, environment, release, version)
    const named = 'release' in what ? `release ${what.release}` : `version '${what.version}'`
    const said = `${named} of ${name} in ${environment}, ${outcome}`
    if (dry) {
      world.log.info(`dry run: nothing is recorded of ${said}`)
      return { deployment: null }
    }
    const origin = { ...(await world.origin(path)), ...(as === undefined ? {} : { as }) }
    const { clock, log, interrupted: signal } = world
    const ledger = { objects, environment, service: name }
    const recording = { ledger, clock, log, what, outcome, origin, claim: claimOf(world, origin), wait, signal }
    const { recordDeployment } = await import('../deployment/recording.ts')
    const { deployment } = await showOnGitHub(world, ledger, origin, (listener) => recordDeployment({ ...recording, listener }))
    log.info(`deployment ${deployment}${deployment === 1 ? ', the first of this service there,' : ''} is recorded: ${said}`)
    return { deployment }
  },
  text: ({ deployment }) => (deployment === null ? 'dry run: nothing was recorded' : `recorded as deployment ${deployment}`),
})

async function whatOf(
  objects: Objects,
  service: string,
  environment: string,
  release: string | undefined,
  version: string | undefined,
): Promise<Recording['what']> {
  if (release !== undefined && version === undefined) {
    const { id, manifest } = await findRelease(objects, service, release)
    // A rollback may go back to every release that has a record.
    if (!Object.hasOwn(manifest.environments, environment))
      throw undeclared(environment, Object.keys(manifest.environments), `release ${release} of service '${service}'`)
    return { release: id }
  }
  if (version === undefined || release !== undefined)
    throw new TowpathError(
      'bad-input',
      release === undefined ? 'what was deployed is not said' : 'both --release and --version are given',
      {
        hint: 'give one: --release for a release of Towpath, --version for what is none',
      },
    )
  if (!/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(version) || version.length > LONGEST_VERSION)
    throw new TowpathError('bad-input', `version '${version}' is no name of a version`, {
      hint: `give one line of at most ${LONGEST_VERSION} characters`,
    })
  return { version }
}

import { readChain } from '../deployment/log/chain.ts'
import type { DeploymentRecord } from '../deployment/log/record.ts'
import { TowpathError } from '../errors.ts'
import { readEnvironment } from '../platform/environment.ts'
import { logText } from '../render/log.ts'
import { command } from './command.ts'
import { bucket, environment, path, service } from './inputs.ts'
import { requireService, serviceNamed } from './service.ts'
import { summaries } from './summaries.ts'

export default command({
  name: 'log',
  summary: summaries.log,
  inputs: {
    path,
    service,
    environment,
    bucket,
    verify: { kind: 'boolean', description: 'Check the chain of records from the first to the head; exit 1 names the first bad one.' },
  },
  outputs: {
    deployments: {
      kind: 'list',
      description:
        "Oldest first: number, kind, parts, release (null of what is none of Towpath's), version (of those), outcome, started, finished, actor, commit, run.",
    },
    verified: { kind: 'boolean', description: 'True if the chain was checked and holds; null if it was not checked.' },
  },
  examples: ['log --service delivery --environment production --bucket acme-towpath --verify'],
  async run({ path, service, environment, bucket, verify }, world) {
    const objects = await world.objects(bucket)
    const ledger = { objects, environment, service: await serviceNamed(world, service, path) }
    const { records, broken } = await readChain(ledger)
    // An environment that is not declared has no log, nor has a service that nobody knows: the name is probably misspelt.
    if (records.length === 0) {
      await readEnvironment(objects, environment)
      if (service !== undefined) await requireService(objects, service)
    }
    const deployments = records.map(row)
    if (!verify) return { deployments, verified: null }
    if (broken === undefined) return { deployments, verified: true }
    throw new TowpathError('failed', `record ${broken} of ${ledger.service} in ${environment} is not what the log says it was`, {
      blame: 'service',
      hint: 'it was changed after it was closed: compare it with an earlier version of the object',
      outputs: { deployments, verified: false },
    })
  },
  text: logText,
})

function row({ deployment, kind, parts, release, version, outcome, started, finished, origin }: DeploymentRecord): Record<string, unknown> {
  const { actor, commit, run } = origin
  return { number: deployment, kind, parts, release, version: version ?? null, outcome, started, finished, actor, commit, run }
}

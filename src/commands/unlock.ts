import { unlock } from '../deployment/lock/unlock.ts'
import { readEnvironment } from '../platform/environment.ts'
import { plain } from '../render/plain.ts'
import { serviceNameAt } from '../repository/release.ts'
import { command } from './command.ts'
import { bucket, environment, path, service } from './inputs.ts'
import { summaries } from './summaries.ts'

export default command({
  name: 'unlock',
  summary: summaries.unlock,
  inputs: {
    path,
    service,
    environment,
    etag: { kind: 'string', required: true, description: "The lock's ETag, as the message that told of the lock gives it." },
    bucket,
  },
  outputs: {
    removed: { kind: 'boolean', description: 'False if there was no lock.' },
    holder: { kind: 'string', description: 'Who held it; null if there was none, or what was there was not a lock.' },
  },
  examples: ['unlock --service delivery --environment production --bucket acme-towpath --etag 9b2cf535f27731c974343645a3985328'],
  async run({ path, service, environment, etag, bucket }, world) {
    const objects = await world.objects(bucket)
    const ledger = { objects, environment, service: service ?? (await serviceNameAt(world, path)) }
    await readEnvironment(objects, environment)
    const { clock, log, interrupted: signal } = world
    const { lock, holder } = await unlock(ledger, etag, { clock, log, signal })
    return { removed: lock === 'removed', holder }
  },
  text: ({ removed, holder }) =>
    removed
      ? `the lock is removed${typeof holder === 'string' ? `; ${plain(holder)} held it` : ''}`
      : 'there is no lock: nothing was changed',
})

import { guarded } from '../deployment/log/damage.ts'
import { findEnd } from '../deployment/log/history.ts'
import { codeOf } from '../deployment/log/present.ts'
import type { DeploymentRecord } from '../deployment/log/record.ts'
import { type Thoroughness, type Verified, verifyLog } from '../deployment/log/verify.ts'
import { walkBack } from '../deployment/log/walk-back.ts'
import { askForLock, type UnderWay, underWay } from '../deployment/under-way.ts'
import { TowpathError } from '../errors.ts'
import { readEnvironment } from '../platform/environment.ts'
import { type Checked, type LogRow, logText } from '../render/log.ts'
import { command, list, map } from './command.ts'
import { bucket, environment, path, service } from './inputs.ts'
import { requireService, serviceNamed } from './service.ts'
import type { World } from './world.ts'

/** How many deployments people are shown who do not say how many they want. */
const NEWEST = 20

export default command({
  name: 'log',
  summary: 'List the deployments of a service to an environment, and verify their chain.',
  on: 'cli',
  inputs: {
    path,
    service,
    environment,
    bucket,
    limit: { kind: 'string', description: `How many of the newest deployments to list; by default ${NEWEST}, and with --json all.` },
    all: { kind: 'boolean', description: 'List all deployments.' },
    verify: {
      kind: 'boolean',
      description:
        'Check the chain of all records, by their ETags where they were gathered before; exit 1 names the first bad one. It cannot find that the last record was replaced together with the head.',
    },
    full: {
      kind: 'boolean',
      description:
        'With --verify: read every record and every live entry. It cannot find that the last record, its live entries and the head were all replaced by others that fit, nor entries that were added behind the last.',
    },
  },
  outputs: {
    deployments: list<LogRow>(
      "Oldest first: number, kind, parts, release (null of what is none of Towpath's), version (of those), platform, releaseCommit (of the code), outcome, gated, started, finished, closedBy, actor, commit (of the run), run.",
    ),
    verified: { kind: 'boolean', nullable: true, description: 'True if the chain was checked and holds; null if it was not checked.' },
    checked: {
      ...map<Checked>('How it was checked: how (`by ETag` or `in full`), records, read (one by one); null if it was not.'),
      nullable: true,
    },
    'under-way': {
      ...map<UnderWay>(
        'A deployment without a record: deployment, holder of the lock, run, since, alive (when the lock was last written); else null.',
      ),
      nullable: true,
    },
  },
  examples: [
    'log --service delivery --environment production --bucket acme-towpath',
    'log --service delivery --environment production --bucket acme-towpath --verify --full',
  ],
  async run({ path, service, environment, bucket, limit, all, verify, full }, world) {
    if (full && !verify) throw new TowpathError('bad-input', '--full needs --verify', { hint: 'give both' })
    const wanted = wantedOf(limit, all, world)
    const objects = await world.objects(bucket)
    const ledger = guarded({ objects, environment, service: await serviceNamed(world, service, path) }, world.log, undefined)
    const lock = askForLock(ledger)
    const how: Thoroughness = full ? 'in full' : 'by ETag'
    const rows: LogRow[] = []
    const keep = (record: DeploymentRecord): void => {
      rows.push(row(record))
      if (rows.length > wanted) rows.shift()
    }
    let verified: Verified | undefined
    // Whoever checks all records has read those that are listed.
    if (verify) verified = await verifyLog(ledger, how, keep)
    const end = verified ? { number: verified.last, record: undefined, digest: null, head: undefined } : await findEnd(ledger)
    const open = underWay(ledger, end, lock)
    open.catch(() => {})
    if (!verified) for await (const record of newest(ledger, end, wanted)) rows.unshift(row(record))
    // An environment that nobody declared has no log either, nor has a service that nobody knows: it is more likely a slip of the pen.
    if (rows.length === 0) {
      await readEnvironment(objects, environment)
      if (service !== undefined) await requireService(objects, service)
    }
    const listed = { deployments: rows, 'under-way': (await open) ?? null }
    if (verified === undefined) return { ...listed, verified: null, checked: null }
    const { broken, records, read } = verified
    const outputs = { ...listed, verified: broken === undefined, checked: { how, records, read } }
    if (broken === undefined) return outputs
    throw new TowpathError('failed', `record ${broken.number} of ${ledger.service} in ${environment} ${broken.how}`, {
      blame: 'service',
      hint: 'it was changed after it was closed: compare it with an earlier version of the object',
      outputs,
    })
  },
  text: logText,
})

function wantedOf(limit: string | undefined, all: boolean, { json = false }: World): number {
  if (limit === undefined) return all || json ? Number.POSITIVE_INFINITY : NEWEST
  if (all) throw new TowpathError('bad-input', 'both --limit and --all are given', { hint: 'give one of them' })
  if (/^[1-9]\d{0,8}$/.test(limit)) return Number(limit)
  throw new TowpathError('bad-input', `invalid --limit '${limit}'`, { hint: 'give a whole number above 0' })
}

async function* newest(
  ledger: Parameters<typeof walkBack>[0],
  end: Parameters<typeof walkBack>[1],
  wanted: number,
): AsyncGenerator<DeploymentRecord> {
  let left = wanted
  for await (const { record } of walkBack(ledger, end, wanted)) {
    if (record) yield record
    left -= 1
    if (left <= 0) return
  }
}

function row(record: DeploymentRecord): LogRow {
  const { deployment, kind, parts, release, version, platform, outcome, started, finished, closedBy, origin } = record
  const { actor, commit, run } = origin
  const what = { release, version: version ?? null, platform: platform ?? null, releaseCommit: codeOf(record) }
  const ended = { outcome, gated: wasGated(record), started, finished, closedBy }
  return { number: deployment, kind, parts, ...what, ...ended, actor, commit, run }
}

/** True of an attempt that a gate stopped before anything was changed. */
function wasGated({ changed, outcome, cause, stacks }: DeploymentRecord): boolean {
  if (changed || outcome !== 'failed') return false
  return cause?.reason.startsWith('stopped by ') || Object.values(stacks).some((stack) => stack.outcome === 'gated')
}

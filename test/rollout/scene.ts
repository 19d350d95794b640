import { silent } from '../../src/log.ts'
import type { Change, CodeRequest } from '../../src/rollout/request.ts'
import type { Revision } from '../../src/rollout/rollouts.ts'
import { virtualClock } from '../world/clock.ts'
import { type Deed, type FakeCodeDeploy, fakeCodeDeploy, fakeHost, withGroup } from '../world/codedeploy.ts'

export const aRevision = (name: string): Revision => ({ bucket: 'acme', key: `revisions/delivery/${name}.zip`, etag: name })

export interface Scene {
  readonly codeDeploy: FakeCodeDeploy
  readonly clock: ReturnType<typeof virtualClock>
  readonly interrupt: AbortController
  /** What was told, a line each. */
  readonly told: string[]
  /** The calls that change something, and what became of them. */
  readonly journal: string[]
  request(more?: Partial<CodeRequest>): CodeRequest
}

export interface SceneOptions {
  /** What each host does, by its name. */
  readonly hosts?: Readonly<Record<string, Deed>>
  readonly group?: object
  readonly timing?: NonNullable<Parameters<typeof fakeCodeDeploy>[0]['timing']>
}

const quick: Deed = () => 1_000
export const fourHosts = { 'web-1': quick, 'web-2': quick, 'web-3': quick, 'web-4': quick }

/** A group of hosts in memory, and a request to put a revision live on it. */
export function aScene({ hosts = fourHosts, group = {}, timing = {} }: SceneOptions = {}): Scene {
  const clock = virtualClock()
  const codeDeploy = withGroup(
    fakeCodeDeploy({
      clock,
      hosts: Object.entries(hosts).map(([name, deed]) => fakeHost(name, clock, deed)),
      timing: { created: 300, queued: 700, rollbackInfo: 1_500, ...timing },
    }),
    group,
  )
  const interrupt = new AbortController()
  const told: string[] = []
  const journal: string[] = []
  let seeds = 0.1
  Object.assign(codeDeploy.account, {
    random: () => {
      seeds = (seeds * 9301 + 0.49297) % 1
      return seeds
    },
  })
  const line = ({ does, id }: Change): string => `${does}${id === null ? '' : ' of an id'}`
  return {
    ...{ codeDeploy, clock, interrupt, told, journal },
    request: (more = {}) => ({
      ...{ rollouts: codeDeploy.rollouts, application: 'delivery', group: 'production', revision: aRevision('one') },
      deadline: { clock, until: clock.monotonic() + 3_600_000, signal: interrupt.signal },
      log: { ...silent, info: (text) => void told.push(text) },
      hooks: {
        intent: async (change) => void journal.push(`intent ${line(change)}`),
        outcome: async (change, result, reason) =>
          void journal.push(
            `outcome ${line(change)}: ${result.startsWith('d-') ? 'begun' : result}${reason === null ? '' : ` (${reason})`}`,
          ),
        recheck: async () => void journal.push('recheck'),
        progress: ({ host, event, status }) => void told.push(`${host}: ${event ?? 'host'} ${status}`),
      },
      ...{ token: 'towpath-delivery-7', description: 'release 0123', last: null, ignoreStopFailures: false },
      ...{ waitMilliseconds: 600_000, onInterrupt: 'cancel', nameOf: () => undefined },
      ...more,
    }),
  }
}

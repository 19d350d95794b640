/**
 * What following a deployment of code costs, on the virtual clock: hosts that take 20 to 60 s each, events of uneven length, some deployments
 * that fail. The time between the end and its being noticed, reads a second, and calls in all. `node bench/rollout.ts [seeds]`. Exits 1 if a
 * bound is missed.
 */
import { silent } from '../src/log.ts'
import type { CodeRequest, CodeResult } from '../src/rollout/request.ts'
import { shipCode } from '../src/rollout/ship.ts'
import { virtualClock } from '../test/world/clock.ts'
import { fakeCodeDeploy, fakeHost, scriptFailed, withGroup } from '../test/world/codedeploy.ts'

const seeds = Number(process.argv[2] ?? 40)
const EVENTS = 7

interface Shape {
  readonly name: string
  readonly hosts: number
  readonly configuration: string
  readonly runs: number
  /** Bounds; undefined where there is none. */
  readonly lateSeconds: number
  readonly readsASecond: number
  readonly calls: number | undefined
}

const shapes: readonly Shape[] = [
  { name: '4 hosts side by side', hosts: 4, configuration: 'AllAtOnce', runs: seeds, lateSeconds: 1, readsASecond: 1, calls: 40 },
  { name: '4 hosts one at a time', hosts: 4, configuration: 'OneAtATime', runs: seeds, lateSeconds: 1, readsASecond: 1, calls: undefined },
  {
    name: '200 hosts, half at a time',
    hosts: 200,
    configuration: 'HalfAtATime',
    runs: Math.ceil(seeds / 10),
    lateSeconds: 1,
    readsASecond: 2,
    calls: undefined,
  },
  {
    name: '200 hosts side by side',
    hosts: 200,
    configuration: 'AllAtOnce',
    runs: Math.ceil(seeds / 10),
    lateSeconds: 1,
    readsASecond: 2,
    calls: undefined,
  },
]

interface Measured {
  readonly late: number
  readonly seconds: number
  readonly calls: number
  readonly again: number
}

/** Numbers from 0 to 1 that a seed decides. */
function numbers(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296
  }
}

async function measure({ hosts, configuration }: Shape, seed: number): Promise<Measured> {
  const random = numbers(seed + 1)
  const clock = virtualClock()
  const failing = seed % 5 === 4
  const made = Array.from({ length: hosts }, (_, index) => {
    const whole = 20_000 + random() * 40_000
    const shares = Array.from({ length: EVENTS }, () => 0.2 + random())
    const sum = shares.reduce((a, b) => a + b, 0)
    let at = 0
    const fails = failing && index === hosts - 1
    return fakeHost(`web-${index + 1}`, clock, ({ event }) =>
      fails && event === 'ValidateService' ? scriptFailed(1) : (whole * (shares[at++ % EVENTS] ?? 0)) / sum,
    )
  })
  const timing = { created: 500, queued: 1_500 }
  const fake = withGroup(fakeCodeDeploy({ clock, hosts: made, timing, random }), {
    deploymentConfigName: `CodeDeployDefault.${configuration}`,
  })
  const request = (more: Partial<CodeRequest>): CodeRequest => ({
    ...{ rollouts: fake.rollouts, application: 'delivery', group: 'production', revision: { bucket: 'acme', key: 'one' } },
    deadline: { clock, until: 100_000_000, signal: new AbortController().signal },
    hooks: { intent: async () => {}, outcome: async () => {}, recheck: async () => {}, progress: () => {} },
    ...{ log: silent, token: 'bench', description: '', last: null, ignoreStopFailures: false, waitMilliseconds: 0, onInterrupt: 'cancel' },
    nameOf: () => undefined,
    ...more,
  })
  const begun = clock.monotonic()
  let noticed = 0
  const outcome: CodeRequest['hooks']['outcome'] = async (_change, result) => {
    if (!result.startsWith('d-')) noticed = clock.now().getTime()
  }
  const result: CodeResult = await shipCode(request({ hooks: { ...request({}).hooks, outcome } }))
  const calls = fake.count()
  const { completeTime } = fake.account.deployments.get(result.rollout.id)?.info ?? {}
  const seconds = (clock.monotonic() - begun) / 1_000
  const { id } = result.rollout
  if (result.outcome === 'succeeded') await shipCode(request({ last: { id, revision: { bucket: 'acme', key: 'one' } } }))
  return { late: (noticed - (completeTime?.getTime() ?? Number.NaN)) / 1_000, seconds, calls, again: fake.count() - calls }
}

let missed = false
console.log(`node ${process.version}, ${seeds} seeds, a fifth of which fail on one host`)
console.log('                            late s (mean, max)   reads/s (max)   calls (mean, max)   unchanged')
for (const shape of shapes) {
  const all: Measured[] = []
  for (let seed = 0; seed < shape.runs; seed++) all.push(await measure(shape, seed))
  const mean = (of: (one: Measured) => number) => all.reduce((sum, one) => sum + of(one), 0) / all.length
  const most = (of: (one: Measured) => number) => Math.max(...all.map(of))
  const late = mean(({ late }) => late)
  const rate = most(({ calls, seconds }) => calls / seconds)
  const calls = most(({ calls }) => calls)
  const again = most(({ again }) => again)
  const numbers = [
    `${late.toFixed(2)}, ${most(({ late }) => late).toFixed(2)}`,
    rate.toFixed(2),
    `${mean(({ calls }) => calls).toFixed(1)}, ${calls}`,
    String(again),
  ]
  console.log(
    `${shape.name.padEnd(27)} ${numbers[0]?.padStart(18)}   ${numbers[1]?.padStart(13)}   ${numbers[2]?.padStart(17)}   ${numbers[3]?.padStart(9)}`,
  )
  missed ||= !(late <= shape.lateSeconds && rate <= shape.readsASecond && calls <= (shape.calls ?? Number.POSITIVE_INFINITY) && again <= 2)
}
if (missed) {
  console.error(
    'a bound is missed: late ≤ 1 s on average, reads/s ≤ 1 (4 hosts) or 2 (200), calls ≤ 40 (4 hosts side by side), unchanged ≤ 2',
  )
  process.exitCode = 1
}

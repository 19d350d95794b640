import { describe, expect, test } from '@jest/globals'
import { healthOf, predefined } from '../../local/codedeploy/health.ts'
import { diagnose } from '../../src/rollout/diagnose.ts'
import { impossible, minimumOf } from '../../src/rollout/health.ts'
import { gapOf, gaps } from '../../src/rollout/pace.ts'
import { progressOf } from '../../src/rollout/progress.ts'
import { isSameRevision } from '../../src/rollout/revision.ts'
import type { Counts, HostEvent, HostState, Revision } from '../../src/rollout/rollouts.ts'
import { isOver, outcomeOf, verdictOf } from '../../src/rollout/status.ts'
import { describing, tokenIn } from '../../src/rollout/token.ts'

const events = ['ApplicationStop', 'DownloadBundle', 'BeforeInstall', 'Install', 'AfterInstall', 'ApplicationStart', 'ValidateService']

/** A host whose events have ended up to a number, in a status. */
const aHost = (name: string, status: string, done = 0, more: Partial<HostEvent> = {}): HostState => ({
  ...{ id: name, name, status },
  events: events.map((event, index) => ({ event, status: index < done ? 'Succeeded' : 'Pending', ...(index === done ? more : {}) })),
})

const aFailure = (name: string, said: Partial<NonNullable<HostEvent['said']>>, ended = '2026-03-02T09:00:00.000Z', done = 6): HostState =>
  aHost(name, 'Failed', done, {
    status: 'Failed',
    ended,
    said: { code: 'ScriptFailed', script: 'scripts/a.sh', message: '', log: '', ...said },
  })

test.each<[string, boolean, string]>([
  ['Created', false, 'unknown'],
  ['Queued', false, 'unknown'],
  ['Pending', false, 'unknown'],
  ['InProgress', false, 'unknown'],
  ['Baking', false, 'unknown'],
  ['Ready', false, 'unknown'],
  ['Unknown', false, 'unknown'],
  ['Simmering', false, 'unknown'],
  ['Succeeded', true, 'succeeded'],
  ['Failed', true, 'failed'],
  ['Stopped', true, 'failed'],
  ['Skipped', true, 'skipped'],
])('%s: over %s, outcome %s', (status, over, outcome) => {
  expect([isOver(status), outcomeOf({ status })]).toEqual([over, outcome])
})

describe('what a deployment came to', () => {
  const counts = (succeeded: number, failed: number, skipped = 0): Counts => ({
    pending: 0,
    inProgress: 0,
    succeeded,
    failed,
    skipped,
    ready: 0,
  })
  test.each<[string, readonly string[], Counts | undefined, string]>([
    ['Succeeded', ['Succeeded', 'Succeeded'], counts(2, 0), 'succeeded'],
    ['Succeeded', ['Succeeded', 'Failed'], counts(1, 1), 'partial'],
    ['Succeeded', ['Succeeded', 'Succeeded'], counts(2, 1), 'partial'],
    ['Succeeded', ['Succeeded', 'Unknown'], undefined, 'partial'],
    ['Failed', ['Succeeded', 'Failed', 'Skipped'], counts(1, 1, 1), 'partial'],
    ['Failed', ['Failed', 'Skipped'], counts(0, 1, 1), 'failed'],
    ['Stopped', ['Skipped'], counts(0, 0, 1), 'failed'],
    ['Failed', [], undefined, 'failed'],
  ])('%s with %j', (status, hosts, counted, verdict) => {
    expect(
      verdictOf(
        status,
        hosts.map((one) => ({ status: one })),
        counted,
      ),
    ).toBe(verdict)
  })
})

describe('healthy hosts', () => {
  const group = { application: 'a', group: 'b', id: '', configuration: 'c', rollsBack: false, selects: true }
  test.each<[string, number, number, number, boolean]>([
    ['FLEET_PERCENT', 40, 9, 4, true],
    ['FLEET_PERCENT', 50, 4, 2, true],
    ['FLEET_PERCENT', 50, 1, 1, false],
    ['FLEET_PERCENT', 0, 1, 0, true],
    ['FLEET_PERCENT', 100, 5, 5, false],
    ['HOST_COUNT', 6, 9, 6, true],
    ['HOST_COUNT', 1, 1, 1, false],
    ['HOST_COUNT', 9, 4, 9, false],
    ['MOST_CONCURRENCY', 1, 1, 0, true],
    ['MOST_CONCURRENCY', 1, 4, 3, true],
  ])('%s %d of %d: %d, possible %s; the stand-in counts the same', (type, value, hosts, minimum, possible) => {
    expect(minimumOf({ type, value }, hosts)).toBe(minimum)
    expect(impossible(group, hosts, { type, value }) === undefined).toBe(possible)
    const health = healthOf({ minimumHealthyHosts: { type: type as 'HOST_COUNT', value } }, hosts)
    expect(health?.minimum).toBe(possible ? minimum : undefined)
  })

  test('how many at once, and how many must succeed, by the rules that AWS documents', () => {
    const rule = (name: string, hosts: number) =>
      healthOf(predefined.find(({ deploymentConfigName }) => deploymentConfigName?.endsWith(name)) ?? {}, hosts)
    expect([rule('AllAtOnce', 4)?.atOnce, rule('AllAtOnce', 4)?.succeeded(1), rule('AllAtOnce', 4)?.succeeded(0)]).toEqual([4, true, false])
    expect([rule('HalfAtATime', 5)?.atOnce, rule('HalfAtATime', 5)?.succeeded(3), rule('HalfAtATime', 5)?.succeeded(2)]).toEqual([
      2,
      true,
      false,
    ])
    expect([rule('OneAtATime', 4)?.atOnce, rule('OneAtATime', 4)?.goesOn(1), rule('OneAtATime', 4)?.succeeded(3)]).toEqual([1, false, true])
  })

  test('nothing is known against a group whose hosts are not known', () => {
    expect(impossible(group, undefined, { type: 'HOST_COUNT', value: 9 })).toBeUndefined()
    expect(impossible(group, 3, undefined)).toBeUndefined()
  })
})

describe('how long to wait for the next look', () => {
  test.each<[string, readonly HostState[], number]>([
    ['before there are hosts', [], gaps.far],
    ['while hosts begin', [aHost('a', 'InProgress', 1), aHost('b', 'Pending')], gaps.far],
    ['while one is far from its end', [aHost('a', 'InProgress', 6), aHost('b', 'InProgress', 2)], gaps.far],
    ['while all that are left are near it', [aHost('a', 'InProgress', 6), aHost('b', 'Succeeded', 7)], gaps.near],
    ['when all have ended', [aHost('a', 'Succeeded', 7), aHost('b', 'Skipped')], gaps.ending],
    ['with many hosts', Array.from({ length: 26 }, (_, n) => aHost(`${n}`, 'InProgress', 6)), gaps.many],
  ])('%s', (_, hosts, gap) => expect(gapOf(hosts)).toBe(gap))
})

describe('progress', () => {
  test('tells what is new, whatever was missed in between, and nothing twice', () => {
    const now = aHost('a', 'InProgress', 2, { status: 'InProgress' })
    expect(progressOf(undefined, now).map(({ event, status }) => `${event} ${status}`)).toEqual([
      'ApplicationStop Succeeded',
      'DownloadBundle Succeeded',
      'BeforeInstall InProgress',
    ])
    expect(progressOf(now, now)).toEqual([])
  })

  test('tells the seconds of an event, and the end of a host', () => {
    const timed = { status: 'Succeeded', started: '2026-03-02T09:00:00.000Z', ended: '2026-03-02T09:00:04.500Z' }
    expect(progressOf(aHost('a', 'InProgress', 6), aHost('a', 'Succeeded', 6, timed))).toEqual([
      { host: 'a', event: 'ValidateService', status: 'Succeeded', seconds: 4.5 },
      { host: 'a', event: null, status: 'Succeeded', seconds: null },
    ])
  })
})

describe('the same revision', () => {
  const one: Revision = { bucket: 'a', key: 'b', version: '1', etag: 'x' }
  test.each<[Revision | undefined, boolean]>([
    [one, true],
    [{ bucket: 'a', key: 'b' }, true],
    [{ bucket: 'a', key: 'b', etag: 'x' }, true],
    [{ ...one, version: '2' }, false],
    [{ ...one, etag: 'y' }, false],
    [{ ...one, key: 'c' }, false],
    [{ ...one, bucket: 'c' }, false],
    [undefined, false],
  ])('%j', (other, same) => expect(isSameRevision(one, other)).toBe(same))
})

test('a token is found in the description that it was put in, and nowhere else', () => {
  expect(tokenIn(describing('towpath-7.a', 'words [x]'))).toBe('towpath-7.a')
  expect(describing('t', 'x'.repeat(400))).toHaveLength(256)
  for (const description of ['', 'by hand', 'see [towpath-7]', '[two words] x']) expect(tokenIn(description)).toBeUndefined()
})

describe('why it failed', () => {
  const failed = { id: 'd-1', status: 'Failed' }
  const said = 'Script at specified location: scripts/a.sh failed with exit code 3'
  test.each<[Partial<NonNullable<HostEvent['said']>>, string]>([
    [{ message: said }, 'scripts/a.sh failed with exit code 3 in ValidateService on web-1'],
    [
      { message: 'Script at specified location: scripts/a.sh failed with exit code ' },
      'scripts/a.sh was killed by a signal in ValidateService on web-1',
    ],
    [{ code: 'ScriptTimedOut', message: '… failed to complete in 60 seconds' }, 'scripts/a.sh took too long in ValidateService on web-1'],
    [{ code: 'ScriptMissing' }, 'scripts/a.sh is not in the revision (ValidateService on web-1)'],
    [
      { code: 'UnknownError', message: 'Script at specified location: scripts/a.sh failed to close STDOUT' },
      'scripts/a.sh failed in ValidateService on web-1: script at specified location: scripts/a.sh failed to close STDOUT',
    ],
    [
      {
        code: 'UnknownError',
        script: '',
        message: 'The deployment failed because a specified file already exists at this location: /srv/x',
      },
      'ValidateService failed on web-1: the deployment failed because a specified file already exists at this location: /srv/x',
    ],
    [
      { code: 'UnknownError', script: '', message: 'CodeDeploy agent was not able to receive the lifecycle event. Check …' },
      'the CodeDeploy agent did not answer in ValidateService on web-1',
    ],
    [{ code: 'NewError', script: '', message: '' }, 'ValidateService failed on web-1: NewError'],
  ])('%j', (answer, cause) => expect(diagnose(failed, [aFailure('web-1', answer)]).cause).toBe(cause))

  test('the host that failed first comes first, and the same cause on twenty hosts once', () => {
    const many = Array.from({ length: 20 }, (_, n) =>
      aFailure(`web-${n + 1}`, { message: said, log: `[stdout]LifecycleEvent\n[stderr]at ${n}\n` }, `2026-03-02T09:00:${40 - n}.000Z`),
    )
    const other = aFailure('db-1', { message: said.replace('3', '9') }, '2026-03-02T09:00:01.000Z')
    const { cause, failures } = diagnose(failed, [...many, other])
    expect(cause).toBe('scripts/a.sh failed with exit code 9 in ValidateService on db-1')
    expect(failures.map(({ hosts, exitCode }) => [hosts.length, hosts[0], exitCode])).toEqual([
      [1, 'db-1', 9],
      [20, 'web-20', 3],
    ])
    expect(failures[1]?.log).toEqual(['LifecycleEvent', 'at 19'])
  })

  test('a failure that was passed over is not it', () => {
    const host = aFailure('web-1', { message: said })
    const [stop, ...rest] = host.events
    if (!stop) throw new Error('a host without events')
    const passed = { ...stop, status: 'Failed', ended: '2026-03-02T08:00:00.000Z' }
    expect(diagnose(failed, [{ ...host, events: [passed, ...rest] }]).failures[0]?.event).toBe('ValidateService')
  })

  test.each<[string, string]>([
    ['NO_INSTANCES', 'the deployment group has no hosts'],
    ['ALARM_ACTIVE', 'an alarm of the deployment group went off'],
    ['MANUAL_STOP', 'somebody stopped the deployment'],
    ['NEW_CODE', 'something new happened (NEW_CODE)'],
  ])('without a host that failed, by what CodeDeploy says: %s', (code, cause) => {
    expect(diagnose({ ...failed, error: { code, message: 'Something new happened.' } }, []).cause).toBe(cause)
  })

  test('nothing said is said', () => expect(diagnose(failed, []).cause).toBe('deployment d-1 is Failed, and CodeDeploy does not say why'))
})

import { describe, expect, test } from '@jest/globals'
import { type RunnerEvent, readEvent, type TaskEvent } from '../../src/playbook/run/events.ts'
import { judge } from '../../src/playbook/run/verdict.ts'

const aTask = (over: Partial<TaskEvent>): TaskEvent => ({
  event: 'ok',
  host: 'web1',
  role: null,
  task: 'do it',
  action: 'ansible.builtin.command',
  path: '/work/site.yml:4',
  changed: false,
  ignored: false,
  messages: [],
  ...over,
})
const stats = (over: object = {}): RunnerEvent => ({
  event: 'stats',
  ok: { web1: 1 },
  changed: {},
  failures: {},
  dark: {},
  rescued: {},
  ignored: {},
  ...over,
})
const end = (code: number): RunnerEvent => ({ event: 'end', status: code === 0 ? 'successful' : 'failed', code })
const judged = (...events: readonly RunnerEvent[]) => judge(events, '/work/site.yml')

describe('the verdict of a run', () => {
  test('is a success where Ansible ends well', () => {
    expect(judged(aTask({}), stats(), end(0))).toMatchObject({
      outcome: 'succeeded',
      problems: [],
      hosts: [{ host: 'web1', outcome: 'ok' }],
    })
  })

  test('takes the failures that ended a host, not those that were rescued before', () => {
    const events = ['rescued', 'real'].map((task) => aTask({ event: 'failed', task, messages: [task] }))
    expect(
      judged(...events, stats({ failures: { web1: 1 }, rescued: { web1: 1 } }), end(2)).problems.map(({ message }) => message),
    ).toEqual(["'real' failed on web1: real"])
  })

  test('tells an unreachable host from a failed one', () => {
    const { hosts, problems } = judged(
      aTask({ event: 'unreachable', host: 'web2', messages: ['no route'] }),
      aTask({ event: 'failed', messages: ['no disk'], role: 'web', path: '/work/roles/web/tasks/main.yml:9' }),
      stats({ failures: { web1: 1 }, dark: { web2: 1 } }),
      end(2),
    )
    expect(hosts.map(({ host, outcome }) => [host, outcome])).toEqual([
      ['web1', 'failed'],
      ['web2', 'unreachable'],
    ])
    expect(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toEqual([
      "/work/roles/web/tasks/main.yml:9: 'web : do it' failed on web1: no disk",
      '/work/site.yml:4: web2 is unreachable: no route',
    ])
  })

  test.each<[string, RunnerEvent[], string]>([
    [
      'a syntax error of 2.19',
      [{ event: 'syntax', text: '[ERROR]: YAML parsing failed: no end\nOrigin: /work/site.yml:3:7\n\n3 x\n' }],
      '/work/site.yml:3: YAML parsing failed: no end',
    ],
    ['words without a place', [{ event: 'syntax', text: 'Traceback: x' }], '/work/site.yml:1: Traceback: x'],
    ['nothing at all', [{ event: 'syntax', text: '' }], '/work/site.yml:1: the playbook cannot be read'],
  ])('is bad input for %s', (_, events, message) => {
    const { outcome, problems } = judged(...events)
    expect(outcome).toBe('bad-input')
    expect(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toEqual([message])
  })

  test('is a failure with the last words where Ansible ends badly without a failed task', () => {
    expect(judged({ event: 'error', text: 'ERROR! no\n  such host' }, end(1)).problems[0]?.message).toBe('ERROR! no such host')
    expect(judged(end(250))).toMatchObject({
      outcome: 'failed',
      problems: [{ message: 'Ansible ended with exit code 250 and no failed task' }],
    })
    expect(judged()).toMatchObject({ outcome: 'failed' })
  })

  test('a host may have the name of what every object has', () => {
    expect(judged(stats({ ok: { constructor: 1 } }), end(0)).hosts).toEqual([
      { host: 'constructor', outcome: 'ok', ok: 1, changed: 0, failures: 0, ignored: 0, rescued: 0 },
    ])
  })
})

test.each(['', 'text', '[]', 'null', '{}', '{"event":"other"}', '{"event":1}'])('a line that is no event is none: %j', (line) => {
  expect(readEvent(line)).toBeUndefined()
})

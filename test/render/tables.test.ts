import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../src/digest.ts'
import { deployedText } from '../../src/render/deployed.ts'
import { logText } from '../../src/render/log.ts'
import { mergedText } from '../../src/render/merged.ts'
import { table } from '../../src/render/table.ts'
import { validatedText } from '../../src/render/validated.ts'

const [one, two] = [digestOf('1'), digestOf('2')]
const short = (digest: string): string => digest.slice(7, 19)

describe('a deployment as text', () => {
  const stacks = [
    { stack: 'data', name: 'd-s-data', outcome: 'unchanged', seconds: 0, outputs: {} },
    { stack: 'function', name: 'd-s-function', outcome: 'succeeded', seconds: 64.2, outputs: { Url: 'https://example.org' } },
  ]

  test('that succeeded says what is live, what was before, each stack and its outputs', () => {
    const shown = { outcome: 'succeeded', changed: true, deployment: 7, release: two, previous: one, stacks, cause: null }
    expect(deployedText(shown).split('\n')).toEqual([
      `deployment 7 succeeded: release ${short(two)}, before it ${short(one)}`,
      '  data      unchanged  -         d-s-data',
      '  function  succeeded  1 m 04 s  d-s-function',
      'outputs:',
      '  function.Url  https://example.org',
    ])
  })

  test('that failed names the resource and the reason', () => {
    const cause = { stack: 'function', resource: 'Role', type: 'AWS::IAM::Role', reason: 'no' }
    const shown = { outcome: 'failed', changed: true, deployment: 8, release: two, previous: null, stacks: [], cause }
    expect(deployedText(shown)).toBe(`deployment 8 failed: release ${short(two)}\ncause: function Role AWS::IAM::Role: no`)
  })

  test('that a gate stopped does not say the same thing twice', () => {
    const cause = {
      stack: null,
      resource: 'data.Table',
      type: 'AWS::DynamoDB::Table',
      reason: 'stopped by a gate: data.Table (AWS::DynamoDB::Table): removes it',
    }
    const shown = { outcome: 'failed', changed: false, deployment: 8, release: two, previous: one, stacks: [], cause }
    expect(deployedText(shown)).toMatch(/\ncause: stopped by a gate: data\.Table \(AWS::DynamoDB::Table\): removes it$/)
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'with nothing to do',
      { outcome: 'succeeded', changed: false, deployment: 7, release: two, previous: two },
      /is live: nothing had to change \(deployment 7\)$/,
    ],
    [
      'where nothing ever was',
      { outcome: 'succeeded', changed: false, deployment: null, release: null, previous: null },
      /^nothing to do: nothing was ever deployed here$/,
    ],
    ['that was a dry run', { outcome: null, changed: false, deployment: 7, release: two, previous: one }, /^dry run: nothing was changed/],
  ])('%s says so', (_, shown, expected) => {
    expect(deployedText({ ...shown, stacks: [], cause: null })).toMatch(expected)
  })

  test('takes nothing from foreign text', () => {
    const evil = '\u001b[31m\n::error::x'
    const shown = {
      outcome: 'failed',
      changed: true,
      deployment: 1,
      release: two,
      previous: null,
      stacks: [{ stack: 'main', name: evil, outcome: 'failed', seconds: 1, outputs: { Url: evil } }],
      cause: { stack: 'main', resource: evil, type: evil, reason: evil },
    }
    expect(deployedText(shown)).not.toContain('\u001b')
    expect(deployedText(shown).split('\n')).toHaveLength(5)
  })
})

describe('the log as text', () => {
  test('is a table, oldest first, with the time in UTC', () => {
    const row = {
      kind: 'deploy',
      outcome: 'succeeded',
      release: one,
      platform: '3.2.0',
      releaseCommit: 'c0ffee1234567890',
      started: '2026-03-02T09:00:00.000Z',
      finished: '2026-03-02T09:02:05.000Z',
      closedBy: null,
      actor: 'ada',
      commit: 'another commit',
    }
    const deployments = [
      { number: 1, ...row },
      { number: 2, ...row, outcome: 'failed', gated: true },
      { number: 12, ...row, kind: 'rollback', outcome: 'unknown', actor: null, releaseCommit: null, platform: null, closedBy: 'grace' },
    ]
    const checked = { how: 'by ETag', records: 3, read: 1 }
    expect(logText({ deployments, verified: true, checked }).split('\n')).toEqual([
      '#   kind      outcome    release       platform  code     started (UTC)        took      by',
      `1   deploy    succeeded  ${short(one)}  3.2.0     c0ffee1  2026-03-02 09:00:00  2 m 05 s  ada`,
      `2   deploy    gated      ${short(one)}  3.2.0     c0ffee1  2026-03-02 09:00:00  2 m 05 s  ada`,
      `12  rollback  unknown    ${short(one)}  -         -        2026-03-02 09:00:00  -         -`,
      'the chain holds: 3 records verified by ETag, 1 record read',
    ])
    expect(logText({ deployments, verified: true, checked: { ...checked, how: 'in full' } })).toMatch(
      /in full, every record and live entry read$/,
    )
  })

  test('says what it leaves out, and what goes on', () => {
    const deployments = [{ number: 21 }]
    const under = {
      deployment: 22,
      holder: 'ada',
      run: 'https://example.org/7',
      since: '2026-03-02T09:00:00.000Z',
      alive: '2026-03-02T09:05:00.000Z',
    }
    const lastLine = (change: object) =>
      logText({ deployments, 'under-way': { ...under, ...change } })
        .split('\n')
        .at(-1)
    expect(logText({ deployments }).split('\n')[0]).toBe('20 earlier deployments not shown: give --limit or --all')
    expect(lastLine({})).toBe(
      'deployment 22 began 2026-03-02 09:00:00 UTC: ada holds the lock (https://example.org/7), last sign of life 2026-03-02 09:05:00 UTC',
    )
    expect(lastLine({ since: null, run: null })).toBe(
      'deployment 22 has not begun: ada holds the lock, last sign of life 2026-03-02 09:05:00 UTC',
    )
    expect(lastLine({ holder: null, run: null })).toContain('is not a lock')
    expect(lastLine({ holder: null, run: null, alive: null })).toBe(
      'deployment 22 began 2026-03-02 09:00:00 UTC and was left unfinished: the next deployment closes its record',
    )
  })

  test('that is broken says so, and one that is empty too', () => {
    expect(logText({ deployments: [{ number: 1 }], verified: false })).toMatch(/\nthe chain is broken$/)
    expect(logText({ deployments: [], verified: null })).toBe('no deployment yet')
  })

  test('takes nothing from foreign text', () => {
    expect(logText({ deployments: [{ number: 1, actor: 'a\nb\u001b[0m' }] }).split('\n')).toHaveLength(2)
    const under = { deployment: 2, holder: 'a\nb', run: '\u001b[0m\n', since: '\n', alive: '\n' }
    expect(logText({ deployments: [{ number: 1 }], 'under-way': under }).split('\n')).toHaveLength(3)
  })
})

describe('a table', () => {
  test('is as wide as its widest cells, without spaces at the ends of lines', () => {
    expect(
      table([
        ['a', 'bb', ''],
        ['ccc', 'd', 'e'],
      ]),
    ).toBe('a    bb\nccc  d   e')
  })
})

describe('what validate found', () => {
  test('is told with what was not judged, and advice apart from it', () => {
    const advice = { rule: 'W2001', file: '/s/a.yml', line: 3, column: 1, message: 'Parameter Q not used.' }
    expect(validatedText({ kind: 'service', name: 'delivery', problems: [], lint: [advice], unchecked: ['the artefact'] })).toBe(
      [
        "service 'delivery': no problem found",
        'advice, on which nothing depends:',
        '  /s/a.yml:3:1: Parameter Q not used. (W2001)',
        'not checked here:',
        '  the artefact',
      ].join('\n'),
    )
  })

  test.each([
    [1, '1 problem'],
    [3, '3 problems'],
  ])('counts %d', (count, text) => {
    expect(validatedText({ kind: 'platform', name: null, problems: new Array(count).fill({}) })).toBe(`platform: ${text}`)
  })
})

test('merged templates are told with their files and, if asked, the origin of each value', () => {
  const origins = [{ pointer: '/Resources/Thing/Type', file: '/p/main.yml', line: 4 }]
  expect(mergedText([{ stack: 'main', file: '/out/main.json', digest: one, origins }])).toBe(
    'main: /out/main.json\n  /Resources/Thing/Type  /p/main.yml:4',
  )
})

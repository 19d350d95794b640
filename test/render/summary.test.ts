import { describe, expect, test } from '@jest/globals'
import { exitCodes, TowpathError } from '../../src/errors.ts'
import { SUMMARY_BYTES, type Summarised, summaryOf } from '../../src/render/summary.ts'
import { gantt } from '../../src/render/summary-gantt.ts'
import { code, joinBlocks } from '../../src/render/summary-markdown.ts'

const release = `sha256:${'ab'.repeat(32)}`
const stack = { stack: 'main', name: 'delivery-staging-main', outcome: 'succeeded', seconds: 12.34, outputs: { Url: 'https://x' } }
const deployed = { outcome: 'succeeded', changed: true, deployment: 7, release, previous: null, stacks: [stack], cause: null }

function of(step: Partial<Summarised>): string {
  return summaryOf({
    verb: 'deploy',
    values: { environment: 'staging' },
    outputs: {},
    error: undefined,
    links: [],
    shorten: (path) => path,
    ...step,
  })
}
const verdict = (step: Partial<Summarised>): string | undefined => of(step).split('\n')[0]

describe('the verdict comes first', () => {
  test.each([
    [{ outputs: deployed }, '### ✅ Deployment 7 to `staging` succeeded'],
    [{ outputs: { ...deployed, changed: false } }, '### ✅ Nothing to do in `staging`'],
    [
      { values: { environment: 'staging', service: 'delivery' }, outputs: deployed },
      '### ✅ Deployment 7 of `delivery` to `staging` succeeded',
    ],
    [
      { values: { environment: 'staging', service: 'delivery' }, outputs: { ...deployed, changed: false } },
      '### ✅ Nothing to do for `delivery` in `staging`',
    ],
    [
      { verb: 'rollback', outputs: { ...deployed, changed: false, previous: `sha256:${'cd'.repeat(32)}` } },
      '### ✅ Deployment 7 to `staging`, a rollback, succeeded: no stack had to change',
    ],
    [
      { verb: 'create-release', values: {}, outputs: { release, service: 'delivery', platform: '1.0.0' } },
      `### ✅ Release \`${'ab'.repeat(6)}\` of \`delivery\``,
    ],
    [{ outputs: { ...deployed, outcome: 'failed' }, error: new TowpathError('failed', 'no') }, '### ❌ Deployment 7 to `staging` failed'],
    [
      { outputs: { ...deployed, outcome: 'unknown' }, error: new TowpathError('unknown', 'no') },
      '### ⚠️ Deployment 7 to `staging` has an unknown outcome',
    ],
    [
      { outputs: { ...deployed, outcome: 'failed' }, error: new TowpathError('gated', 'no') },
      '### ⛔ Deployment 7 to `staging` was stopped by a gate',
    ],
    [{ outputs: { ...deployed, outcome: null, deployment: null } }, '### 🔍 Dry run for `staging`: nothing was changed'],
    [{ outputs: {}, error: new TowpathError('locked', 'no') }, '### 🔒 `deploy` to `staging` found the lock held by another deployment'],
    [{ verb: 'package-artefact', values: {}, outputs: { bytes: 3 } }, '### ✅ `package-artefact` succeeded'],
    [
      {
        verb: 'validate',
        values: {},
        error: new TowpathError('bad-input', 'no', { problems: [{ file: 'a', line: 1, column: 1, message: 'no' }] }),
      },
      '### ❌ `validate` found 1 problem',
    ],
  ])('%#: %j', (step, line) => {
    expect(verdict(step as Partial<Summarised>)).toBe(line)
  })

  test.each(Object.keys(exitCodes) as (keyof typeof exitCodes)[])('for every error: %s', (name) => {
    expect(verdict({ error: new TowpathError(name, 'wrong') })).toMatch(/^### (?:❌|⚠️|⛔|🔒|⏹) `deploy` to `staging` \w/)
  })
})

describe('a summary', () => {
  test('of a deployment reads as people want it', () => {
    const links = [{ text: 'log of the run', url: 'https://github.com/acme/delivery/actions/runs/1' }]
    expect(of({ outputs: deployed, links })).toBe(
      [
        '### ✅ Deployment 7 to `staging` succeeded',
        'Release `abababababab` is live',
        '| stack | outcome | time | name |\n| --- | --- | --- | --- |\n| `main` | ✅ succeeded | 12.3 s | `delivery-staging-main` |',
        '```mermaid\ngantt\n  dateFormat YYYY-MM-DDTHH:mm:ss.SSS\n  axisFormat %M:%S\n  section how long each stack took\n' +
          '  1 main, succeeded :2000-01-01T00:00:00.000, 12340ms\n```',
        '<details><summary>Outputs of the stacks</summary>',
        '| stack | output | value |\n| --- | --- | --- |\n| `main` | `Url` | `https://x` |',
        '</details>',
        '[log of the run](https://github.com/acme/delivery/actions/runs/1)\n',
      ].join('\n\n'),
    )
  })

  test('does not tell an output that is a secret', () => {
    const outputs = { ...deployed, stacks: [{ ...stack, outputs: { ApiToken: 'canary' } }] }
    expect(of({ outputs })).toContain('| `main` | `ApiToken` | `(hidden)` |')
    expect(of({ outputs })).not.toContain('canary')
  })

  test('of problems is a table, cut at a hundred', () => {
    const problems = Array.from({ length: 130 }, (_, at) => ({
      file: '/work/service.yml',
      line: at + 1,
      column: 1,
      message: 'a|b',
      hint: 'mend it',
    }))
    const text = of({ error: new TowpathError('bad-input', 'x', { problems }), shorten: () => 'service.yml' })
    expect(text).toContain('| `service.yml:1:1` | `a\\u007cb` | `mend it` |')
    expect(text).toContain('| and 30 more |  |  |')
  })

  test('stays under what GitHub takes, closes what is open and says that it is cut', () => {
    const markdown = `<details>\n\n${'- `é a change`\n'.repeat(100_000)}`
    const text = of({ verb: 'plan', outputs: { markdown } })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SUMMARY_BYTES)
    expect(Buffer.byteLength(text)).toBeGreaterThan(SUMMARY_BYTES - 2_000)
    expect(text).toMatch(/<\/details>\n\n\*This summary is cut: .*\*\n$/)
  })

  test('is cut outside of a fence', () => {
    const text = joinBlocks(['verdict', `\`\`\`mermaid\n${'x\n'.repeat(2_000)}\`\`\``], 2_000)
    expect(text.split('\n').filter((line) => line.startsWith('```'))).toHaveLength(2)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_000)
  })
})

describe('a summary without credentials', () => {
  const validated = { kind: 'service', name: 'delivery', problems: [], lint: [], unchecked: ['the platform'] }
  const summary = (stranger?: 'fork' | 'dependabot') => of({ verb: 'validate', values: {}, outputs: validated, stranger })

  test('says what was not checked, and that nothing was compared with what is live', () => {
    expect(summary().split('\n')[0]).toBe('### ✅ Service `delivery`: no problem found')
    expect(summary()).toContain('**Not checked here**:\n\n- `the platform`')
    expect(summary()).toContain('nothing was compared with what is live')
    expect(summary()).not.toContain('pull request')
  })

  test('says of a fork why, and what a reviewer can do', () => {
    expect(summary('fork')).toContain('**This pull request comes from a fork**, and GitHub gives its runs no credentials.')
    expect(summary('dependabot')).toContain('comes from Dependabot')
    expect(summary('fork')).toContain('push the same commits to a branch of this repository')
  })

  test('of merged templates names each by its digest', () => {
    const outputs = { templates: [{ stack: 'main', file: '/x/main.json', digest: release }], digest: release }
    expect(of({ verb: 'merge-templates', values: {}, outputs })).toContain(
      '### ✅ 1 template merged\n\n| stack | digest of its template |\n| --- | --- |\n| `main` | `abababababab` |',
    )
  })
})

describe('the release in a summary', () => {
  const previous = `sha256:${'cd'.repeat(32)}`
  test.each([
    [{}, 'Release `abababababab` is live; before it `cdcdcdcdcdcd` was'],
    [{ changed: false }, 'Release `abababababab` is live'],
    [{ outcome: 'failed' }, 'Release `abababababab` is not live as a whole; before it `cdcdcdcdcdcd` was'],
    [{ outcome: 'failed', changed: false }, 'Release `abababababab` was not applied: `cdcdcdcdcdcd` stays'],
  ])('%j: %s', (more, line) => {
    expect(of({ outputs: { ...deployed, previous, ...more } }).split('\n\n')[1]).toBe(line)
  })

  test('that a rollback applied is told as such', () => {
    expect(verdict({ verb: 'rollback', outputs: deployed })).toBe('### ✅ Deployment 7 to `staging`, a rollback, succeeded')
  })
})

test('a plan tells its verdict itself', () => {
  expect(of({ verb: 'plan', outputs: { markdown: '### its own\n' } })).toBe('### its own\n')
})

describe('a code span', () => {
  test.each([
    ['a', '`a`'],
    ['`', '`` ` ``'],
    ['a``b`c', '``` a``b`c ```'],
    ['a|b\nc', '`a\\u007cb c`'],
    ['', '–'],
    [' ', '–'],
  ])('of %j is %j', (text, span) => {
    expect(code(text)).toBe(span)
  })

  test('is not longer than anybody reads', () => {
    expect(code('x'.repeat(10_000))).toHaveLength(1_504)
  })
})

describe('the timeline', () => {
  const bar = { name: 'main', outcome: 'failed', seconds: 2, started: undefined }

  test('begins each stack where it began', () => {
    const bars = [
      { ...bar, started: '2026-03-02T09:00:00.000Z' },
      { ...bar, name: 'next', outcome: 'succeeded', started: '2026-03-02T09:00:02.500Z' },
    ]
    expect(gantt(bars).split('\n').slice(-4)).toEqual([
      '  section stacks',
      '  1 main, failed :crit, 2000-01-01T00:00:00.000, 2000ms',
      '  2 next, succeeded :2000-01-01T00:00:02.500, 2000ms',
      '```',
    ])
  })

  test('is not drawn where nothing took time', () => {
    expect(gantt([{ ...bar, seconds: 0 }])).toBe('')
  })
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { StackPlan } from '../../src/deployment/plan/plan.ts'
import { digestOf } from '../../src/digest.ts'
import { planText } from '../../src/render/plan.ts'
import { planMarkdown } from '../../src/render/plan-markdown.ts'
import type { ResourceChange } from '../../src/stack/stacks.ts'

type Shown = Parameters<typeof planText>[0]['stacks'][number]

const change = (more: Partial<ResourceChange> = {}): ResourceChange => ({
  action: 'Modify',
  logicalId: 'Thing',
  type: 'Test::Thing',
  properties: [],
  ...more,
})
const stack = (more: Partial<Shown> = {}): Shown => ({
  stack: 'main',
  name: 'delivery-staging-main',
  action: 'update',
  provisional: false,
  changes: [],
  gates: [],
  ...more,
})
/** Inputs that the named stacks feed. */
const open = (...stacks: readonly string[]) => stacks.map((stack) => ({ parameter: 'From', from: `${stack}.Name` }))
const gate = (more: Partial<StackPlan['gates'][number]> = {}): StackPlan['gates'][number] =>
  ({
    gate: 'stateful',
    consent: 'main.Data',
    type: 'AWS::S3::Bucket',
    reason: 'removes it and its data',
    consented: false,
    ...more,
  }) as StackPlan['gates'][number]
const plan = (...stacks: Shown[]): Parameters<typeof planText>[0] => ({
  digest: digestOf('plan'),
  hasChanges: stacks.some(({ action }) => action !== 'none' && action !== 'keep'),
  stacks,
})

describe('a plan as text', () => {
  test('says what becomes of each stack and each resource', () => {
    const shown = plan(
      stack({ stack: 'new', name: 'n', action: 'create', changes: [change({ action: 'Add' })] }),
      stack({
        changes: [
          change({ properties: [{ attribute: 'Properties', name: 'Size', path: '/Properties/Size' }, { attribute: 'Tags' }] }),
          change({ logicalId: 'Old', action: 'Remove' }),
          change({ logicalId: 'Data', replacement: 'True' }),
          change({ logicalId: 'Maybe', replacement: 'Conditional' }),
        ],
      }),
      stack({ stack: 'same', name: 's', action: 'none' }),
      stack({ stack: 'gone', name: 'g', action: 'keep' }),
    )
    expect(planText(shown).split('\n')).toEqual([
      'new (n): will be created',
      '  +   Thing (Test::Thing)',
      'main (delivery-staging-main): will be updated',
      '  -/+ Data (Test::Thing) replaced',
      '  -   Old (Test::Thing) removed',
      '  ~   Maybe (Test::Thing) may be replaced',
      '  ~   Thing (Test::Thing)',
      '        Size',
      '        Tags',
      'same (s): unchanged',
      'gone (g): not in this release any more, kept',
      `plan ${shown.digest}: 1 stack to create, 1 stack to update, 1 stack unchanged, 1 stack kept; resources: 1 replaced, 1 removed, 1 may be replaced, 1 changed, 1 added`,
    ])
  })

  test('tells of a property from what to what, whether it forces a replacement, and why it changes', () => {
    const properties = [
      { attribute: 'Properties', path: '/Properties/Delay', before: '1', after: '2', recreation: 'Never' as const },
      { attribute: 'Properties', path: '/Properties/Name', before: 'a', after: 'b', recreation: 'Always' as const, cause: 'Name' },
      { attribute: 'Properties', path: '/Properties/Key', before: '(hidden)', after: '(hidden)' },
      { attribute: 'Properties', path: '/Properties/Arn', after: '{{changeSet:KNOWN_AFTER_APPLY}}', cause: 'Data.Arn' },
      { attribute: 'Properties', path: '/Properties/Bare', cause: 'Size' },
      { attribute: 'Properties', path: '/Properties/Old', before: 'x' },
      { attribute: 'Properties', path: '/Properties/Text', before: 'x', after: '' },
    ]
    const changes = [change({ properties, replacement: 'True', policyAction: 'ReplaceAndDelete' })]
    expect(
      planText(plan(stack({ changes })))
        .split('\n')
        .slice(1, 9),
    ).toEqual([
      '  -/+ Thing (Test::Thing) replaced, the old one is deleted',
      '        Name: a → b, forces replacement, because of Name',
      '        Delay: 1 → 2',
      '        Key: changes, its values are hidden',
      '        Arn: is set, known once it is applied, because of Data.Arn',
      '        Bare: changes because of Size',
      '        Old: is set no more, it was x',
      "        Text: x → ''",
    ])
  })

  test('says what a provisional stack waits for', () => {
    expect(planText(plan(stack({ provisional: true, open: open('first', 'second') })))).toContain(
      'will be updated, provisional: first.Name and second.Name may still change it',
    )
  })

  test('says what stops it, and how to permit it', () => {
    const text = planText(plan(stack({ gates: [gate(), gate({ consent: 'main.More', consented: true })] })))
    expect(text).toMatch(/\n1 gate would stop it$/)
    expect(text).toContain('  stopped by a gate: main.Data (AWS::S3::Bucket): removes it and its data; permit it with --consent main.Data')
    expect(text).toContain('  permitted: main.More (AWS::S3::Bucket): removes it and its data')
  })

  test('without a change says that there is nothing to do', () => {
    expect(planText(plan(stack({ action: 'none' })))).toMatch(/unchanged\nnothing to do$/)
  })

  test('lists forty resources of a stack and twelve properties of one, and counts the rest', () => {
    const properties = Array.from({ length: 20 }, (_, index) => ({ attribute: 'Properties', name: `P${index}` }))
    const text = planText(
      plan(stack({ changes: Array.from({ length: 45 }, (_, index) => change({ logicalId: `R${index}`, properties })) })),
    )
    expect(text).toContain('R39 ')
    expect(text).not.toContain('R40 ')
    expect(text).toContain('  and 5 more: 5 changed')
    expect(text).toContain('        P11\n        and 8 more')
  })
})

/** What is left of Markdown when its code spans are taken out, as CommonMark 6.1 reads them. */
function outsideCode(markdown: string): string {
  let left = ''
  for (let at = 0; at < markdown.length; ) {
    const ticks = /^`+/.exec(markdown.slice(at))?.[0]
    if (ticks === undefined) left += markdown[at++]
    else {
      const rest = markdown.slice(at + ticks.length)
      const end = [...rest.matchAll(/`+/g)].find(([run]) => run.length === ticks.length)
      if (!end || rest.slice(0, end.index).includes('\n\n')) {
        left += ticks
        at += ticks.length
      } else at += ticks.length + end.index + ticks.length
    }
  }
  return left
}

describe('a plan as Markdown', () => {
  const foreign = fc.string({
    unit: fc.constantFrom('`', '``', '@', '<', '>', '[', ']', '(', ')', '!', '*', '\n', '\n\n', ' ', 'evil', '|', '\\', '&'),
  })

  test('keeps all foreign text in code spans, which nothing in it can leave', () => {
    fc.assert(
      fc.property(foreign, foreign, (one, other) => {
        const shown = plan(
          stack({
            name: one,
            changes: [
              change({
                logicalId: one,
                type: other,
                properties: [{ attribute: 'Properties', name: other, before: one, after: other, cause: one }],
              }),
            ],
            gates: [gate({ consent: other, type: one, reason: one })],
          }),
        )
        const left = outsideCode(planMarkdown({ plan: shown, service: one, environment: other }))
          .replace(/<\/?(?:details|summary)>/g, '')
          .replace(/^[|].*[|]$/gm, (row) => row.replaceAll('|', ''))
        return !/evil|[@<>|\\&!]/.test(left.replace(/[()]/g, ''))
      }),
    )
  })

  test('canary: foreign text beside a code span is seen', () => {
    expect(outsideCode('`kind` <img> `words`')).toContain('<img>')
    expect(outsideCode('`a` @evil `b`')).toContain('@evil')
  })

  const markdownOf = (...stacks: Shown[]): string => planMarkdown({ plan: plan(...stacks), service: 'delivery', environment: 'staging' })

  test('names on top which consents were given, and by whom', () => {
    const [first, second] = planMarkdown({
      plan: plan(stack()),
      service: 'delivery',
      environment: 'staging',
      consents: ['main.Data'],
      by: 'ada',
    }).split('\n\n')
    expect(first).toMatch(/^### /)
    expect(second).toBe('Consents given by `ada`: `main.Data`')
  })

  test('is what a person reads on a pull request', () => {
    const data = change({ logicalId: 'Data', type: 'AWS::S3::Bucket', action: 'Remove', policyAction: 'Delete' })
    const properties = [{ attribute: 'Properties', path: '/Properties/Size', before: '1', after: '2', cause: 'Size' }]
    const text = markdownOf(
      stack({ stack: 'later', name: 'l', provisional: true, open: open('main') }),
      stack({ changes: [change({ properties }), data], gates: [gate()] }),
    )
    expect(text).toBe(
      [
        '### ⛔ `delivery` to `staging`: 1 gate would stop it; 1 removed, 1 changed',
        '| gate | consent | type | why |\n| --- | --- | --- | --- |\n| ⛔ needs consent | `main.Data` | `AWS::S3::Bucket` | `removes it and its data` |',
        "If that is meant, run the workflow `deploy` by hand (Actions → deploy → Run workflow) with environment `staging` and consent `main.Data`, or `gh workflow run deploy -f environment=staging -f consent='main.Data'`; on the command line `--consent main.Data`. Each consent is recorded with the deployment.",
        [
          '| stack | what becomes of it | removed | changed | name |',
          '| --- | --- | --- | --- | --- |',
          '| `later` | will be updated, provisional: `main.Name` may still change it |  |  | `l` |',
          '| `main` | will be updated | 1 | 1 | `delivery-staging-main` |',
        ].join('\n'),
        '#### `main`: 1 removed, 1 changed',
        '- 🗑️ **removed** `Data` (`AWS::S3::Bucket`)\n- ✏️ changed `Thing` (`Test::Thing`)\n  - `Size`: `1` → `2`, because of `Size`',
        `This plan informs: the binding one is made by the run that deploys, on the stored release, before the approval. Plan \`${digestOf('plan').slice(7, 19)}\`\n`,
      ].join('\n\n'),
    )
  })

  test('of a stored release says that a deployment can be held to it', () => {
    const shown = plan(stack({ changes: [change()] }))
    const text = planMarkdown({ plan: shown, service: 'delivery', environment: 'staging', binding: true })
    expect(text).toContain('A deployment that is given this plan changes just this')
    expect(text).not.toContain('This plan informs')
  })

  test('of a first deployment says so, and folds the lists of what is new', () => {
    const changes = Array.from({ length: 3 }, (_, at) => change({ action: 'Add', logicalId: `R${at}` }))
    const text = markdownOf(stack({ action: 'create', changes }))
    expect(text).toMatch(/^### 📝 `delivery` to `staging`: first deployment, 1 stack with 3 resources\n/)
    expect(text).toContain('<details><summary>3 resources</summary>\n\n- ➕ added `R0`')
  })

  test('of nothing says that there is nothing to do', () => {
    expect(markdownOf(stack({ action: 'none' })).split('\n')[0]).toBe('### ✅ `delivery` to `staging`: nothing to do')
  })

  test('shows what is lost before all else, and folds the rest of many changes', () => {
    const lost = change({ logicalId: 'Lost', type: 'AWS::S3::Bucket', action: 'Remove', policyAction: 'Delete' })
    const replaced = change({ logicalId: 'New', replacement: 'True' })
    const changes = [...Array.from({ length: 90 }, (_, at) => change({ logicalId: `R${at}` })), replaced, lost]
    const text = markdownOf(stack({ stack: 'small', changes: [change()] }), stack({ changes }))
    const order = ['`Lost`', '`New`', '`R0`', '<summary>50 more: 50 changed</summary>', '`R57`', 'and 32 more: 32 changed', '#### `small`']
    const places = order.map((piece) => text.indexOf(piece))
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(places).not.toContain(-1)
    expect(text).not.toContain('`R58`')
  })

  test('of any size stays below what outputs and summaries take, and says that it is cut', () => {
    const properties = Array.from({ length: 20 }, (_, at) => ({
      attribute: 'Properties',
      name: `P${at}`,
      before: 'é'.repeat(250),
      after: 'x',
    }))
    const changes = Array.from({ length: 100 }, (_, at) => change({ logicalId: `R${at}`, properties }))
    const text = markdownOf(...Array.from({ length: 30 }, (_, at) => stack({ stack: `s${at}`, changes })))
    expect(Buffer.byteLength(text)).toBeLessThan(195_000)
    expect(text).toContain('*This plan is longer than is shown here')
    expect(text.split('<details>')).toHaveLength(text.split('</details>').length)
  })

  test('lists advice apart, under a fold', () => {
    const advice = {
      template: 'main',
      rule: 'W2001',
      level: 'warning',
      pointer: '',
      file: 'a.yml',
      line: 3,
      column: 1,
      message: 'not used',
    }
    const text = planMarkdown({ plan: plan(stack({ action: 'none' })), service: 's', environment: 'e', lint: [advice] })
    expect(text).toContain('<details><summary>1 piece of advice, on which nothing depends</summary>')
    expect(text).toContain('| `a.yml:3` | `W2001` | `not used` |')
  })
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { StackPlan } from '../../src/deployment/plan.ts'
import { digestOf } from '../../src/digest.ts'
import { planMarkdown, planText } from '../../src/render/plan.ts'
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
      '  + Thing (Test::Thing)',
      'main (delivery-staging-main): will be updated',
      '  ~ Thing (Test::Thing): /Properties/Size, Tags',
      '  - Old (Test::Thing)',
      '  ~ Data (Test::Thing) replaced',
      '  ~ Maybe (Test::Thing) may be replaced',
      'same (s): unchanged',
      'gone (g): not in this release any more, kept',
      `plan ${shown.digest}: 1 stack to create, 1 stack to update, 1 stack unchanged, 1 stack kept`,
    ])
  })

  test('says what stops it, and how to permit it', () => {
    const text = planText(plan(stack({ gates: [gate(), gate({ consent: 'main.More', consented: true })] })))
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
    expect(text).toContain('  and 5 more')
    expect(text).toContain('P11 and 8 more')
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
            changes: [change({ logicalId: one, type: other, properties: [{ attribute: 'Properties', name: other }] })],
            gates: [gate({ consent: other, type: one, reason: one })],
          }),
        )
        const left = outsideCode(planMarkdown(shown, one, other))
        return !/evil|[@<>|\\&!]/.test(left.replace(/[()]/g, ''))
      }),
    )
  })

  test('canary: foreign text beside a code span is seen', () => {
    expect(outsideCode('`kind` <img> `words`')).toContain('<img>')
    expect(outsideCode('`a` @evil `b`')).toContain('@evil')
  })

  test('is what a person reads on a pull request', () => {
    const shown = plan(stack({ changes: [change()], gates: [gate()] }), stack({ stack: 'later', name: 'l', provisional: true }))
    expect(planMarkdown(shown, 'delivery', 'staging')).toBe(
      [
        '### `delivery` to `staging`: 1 stack to update, 1 stack that may be updated',
        '',
        '**`main`** (`delivery-staging-main`) will be updated',
        '',
        '- `~ Thing (Test::Thing)`',
        '- **stopped by a gate**: `main.Data` (`AWS::S3::Bucket`): `removes it and its data`',
        '',
        '**`later`** (`l`) may be updated, provisional: it waits for outputs that are not known yet',
        '',
        `plan \`${shown.digest}\``,
        '',
      ].join('\n'),
    )
  })
})

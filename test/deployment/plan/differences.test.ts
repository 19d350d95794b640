import { describe, expect, test } from '@jest/globals'
import { planDifferences } from '../../../src/deployment/plan/differences.ts'
import type { PlanDocument, PlannedChange, PlannedStack } from '../../../src/deployment/plan/document.ts'

const one = `sha256:${'1'.repeat(64)}` as const
const two = `sha256:${'2'.repeat(64)}` as const

const change = (logicalId: string, paths: readonly string[] = [], more: Partial<PlannedChange> = {}): PlannedChange => ({
  logicalId,
  action: 'Modify',
  type: 'Test::Towpath::Thing',
  replacement: null,
  policyAction: null,
  properties: paths.map((name) => ({ attribute: 'Properties', name, recreation: 'Never' })),
  ...more,
})
const stack = (name: string, more: Partial<PlannedStack> = {}): PlannedStack => ({
  stack: name,
  action: 'update',
  id: `arn:${name}`,
  time: '10:00',
  role: null,
  digest: one,
  open: [],
  gates: [],
  changes: [change('Thing', ['/Properties/Size'])],
  ...more,
})
const plan = (stacks: readonly PlannedStack[], more: Partial<PlanDocument> = {}): PlanDocument => ({
  schema: 'towpath/plan@2',
  release: one,
  environment: 'staging',
  account: '1',
  region: 'eu-west-1',
  roles: null,
  stacks,
  ...more,
})
const texts = (reviewed: PlanDocument, fresh: PlanDocument): readonly string[] => planDifferences(reviewed, fresh).map(({ text }) => text)
/** Inputs that the named stacks feed. */
const open = (...stacks: readonly string[]) => stacks.map((from) => ({ parameter: `${from.toUpperCase()}`, from: `${from}.Name` }))
const none = { action: 'none', changes: [] } as const

describe('what differs between a reviewed plan and a fresh one is named', () => {
  test.each<[string, Partial<PlannedStack>, Partial<PlannedStack>, readonly string[]]>([
    ['nothing', {}, {}, []],
    ['another time', {}, { time: '11:00' }, ["stack 'main' moved since: it was last changed at 11:00, and had been at 10:00"]],
    ['a stack made anew', {}, { id: 'arn:other' }, ["stack 'main' was deleted and created anew"]],
    [
      'a stack that is there now',
      { id: null, time: null, action: 'create' },
      { id: 'arn:main', action: 'create' },
      ["stack 'main' is there now, and was not"],
    ],
    ['a stack that is gone', { action: 'create' }, { id: null, time: null, action: 'create' }, ["stack 'main' is gone, and was there"]],
    [
      'another action',
      { action: 'none', changes: [] },
      { action: 'update', changes: [] },
      ["stack 'main' would be updated, and was to be left as it is"],
    ],
    ['another template', {}, { digest: two }, ["stack 'main' would get another template, or other parameters or tags"]],
    ['waiting for another', {}, { open: open('first') }, ["stack 'main' waits for first, and did not"]],
    ['waiting no more', { open: open('first') }, {}, ["stack 'main' waits for first no more"]],
    ['waiting for more', { open: open('a') }, { open: open('a', 'b') }, ["stack 'main' waits for a, b, and waited for a"]],
    ['another role', {}, { role: 'arn:r' }, ["stack 'main' is made with role arn:r, and was with none"]],
    [
      'a resource more and one less',
      { changes: [change('Old'), change('Thing')] },
      { changes: [change('New', ['/Properties/A', '/Properties/B']), change('Thing')] },
      ["stack 'main' would also change New (/Properties/A, /Properties/B)", "stack 'main' would no longer change Old"],
    ],
    [
      'other properties',
      { changes: [change('Thing', ['/Properties/Size', '/Properties/Same'])] },
      { changes: [change('Thing', ['/Properties/Colour', '/Properties/Same'])] },
      ["stack 'main' would change otherwise: Thing (also /Properties/Colour, not /Properties/Size)"],
    ],
    [
      'a replacement',
      { changes: [change('Thing', ['/Properties/Size'], { replacement: 'False' })] },
      { changes: [change('Thing', ['/Properties/Size'], { replacement: 'True' })] },
      ["stack 'main' would change otherwise: Thing (replacement True instead of False)"],
    ],
    [
      'another need to replace',
      { changes: [change('Thing', ['/Properties/Size'])] },
      {
        changes: [change('Thing', [], { properties: [{ attribute: 'Properties', name: '/Properties/Size', recreation: 'Always' }] })],
      },
      ["stack 'main' would change otherwise: Thing (another need to replace it for /Properties/Size)"],
    ],
    [
      'a resource told twice',
      { changes: [change('Thing', ['/Properties/A']), change('Thing', ['/Properties/B'])] },
      { changes: [change('Thing', ['/Properties/C']), change('Thing', ['/Properties/B'])] },
      ["stack 'main' would change otherwise"],
    ],
    [
      'more resources than anybody reads',
      { changes: [] },
      { changes: Array.from({ length: 9 }, (_, index) => change(`R${index}`)) },
      ["stack 'main' would also change R0, R1, R2, R3, R4, R5 and 3 more"],
    ],
  ])('%s', (_, before, now, expected) => {
    expect(texts(plan([stack('main', before)]), plan([stack('main', now)]))).toEqual(expected)
  })

  test.each<[string, Partial<PlanDocument>, string]>([
    ['release', { release: two }, `it is for release ${one}, and this is ${two}`],
    ['environment', { environment: 'production' }, 'it is for environment staging, and this is production'],
    ['account', { account: '2' }, 'it is for account 1, and this is 2'],
    ['region', { region: 'eu-north-1' }, 'it is for region eu-west-1, and this is eu-north-1'],
    ['roles', { roles: { deploy: 'arn:d' } }, 'it is for roles null, and this is {"deploy":"arn:d"}'],
  ])('another %s', (_, more, expected) => {
    expect(planDifferences(plan([stack('main')]), plan([stack('main')], more))).toEqual([{ stack: null, text: expected }])
  })

  test('stacks that came and went', () => {
    expect(planDifferences(plan([stack('a'), stack('b')]), plan([stack('b'), stack('c')]))).toEqual([
      { stack: 'a', text: "stack 'a' is in it no more" },
      { stack: 'c', text: "stack 'c' was not in it" },
    ])
  })
})

describe('what an attempt to apply the plan has done already', () => {
  const done = { ...none, time: '12:00' }

  test.each<[string, readonly PlannedStack[], readonly PlannedStack[], readonly string[]]>([
    ['an updated stack is no difference', [stack('a')], [stack('a', done)], []],
    ['nor is a created one', [stack('a', { action: 'create', id: null, time: null })], [stack('a', done)], []],
    ['nor what it makes known of another', [stack('a'), stack('b', { open: open('a'), changes: [] })], [stack('a', done), stack('b')], []],
    [
      'nor that the other is done too',
      [stack('a'), stack('b', { open: open('a'), changes: [] })],
      [stack('a', done), stack('b', done)],
      [],
    ],
    [
      'nor that only one is waited for of two',
      [stack('a'), stack('b'), stack('c', { open: open('a', 'b'), changes: [] })],
      [stack('a', done), stack('b'), stack('c', { open: open('b'), changes: [] })],
      [],
    ],
    [
      'but a stack that became something else is one',
      [stack('a')],
      [stack('a', { ...done, digest: two })],
      [
        "stack 'a' moved since: it was last changed at 12:00, and had been at 10:00",
        "stack 'a' would get another template, or other parameters or tags",
        "stack 'a' would be left as it is, and was to be updated",
        "stack 'a' would no longer change Thing (/Properties/Size)",
      ],
    ],
    [
      'and so is one that nothing was to be done to, and somebody touched',
      [stack('a', none)],
      [stack('a', done)],
      ["stack 'a' moved since: it was last changed at 12:00, and had been at 10:00"],
    ],
    [
      'and one made anew by somebody else',
      [stack('a')],
      [stack('a', { ...done, id: 'arn:other' })],
      [
        "stack 'a' was deleted and created anew",
        "stack 'a' would be left as it is, and was to be updated",
        "stack 'a' would no longer change Thing (/Properties/Size)",
      ],
    ],
    [
      'and one left open that is known though what it waited for is not done',
      [stack('a'), stack('b', { open: open('a'), changes: [] })],
      [stack('a'), stack('b', { changes: [] })],
      ["stack 'b' waits for a no more"],
    ],
    [
      'nor what comes of an open input, whatever it is',
      [stack('a'), stack('b', { ...none, open: open('a') })],
      [stack('a', done), stack('b', { changes: [change('Other', [], { action: 'Remove' })] })],
      [],
    ],
    [
      'but another input than the open one is a difference',
      [stack('a'), stack('b', { open: open('a') })],
      [stack('a', done), stack('b', { digest: two })],
      ["stack 'b' would get another template, or other parameters or tags"],
    ],
    [
      'and one left open that moved',
      [stack('a'), stack('b', { open: open('a'), changes: [] })],
      [stack('a', done), stack('b', { time: '13:00' })],
      ["stack 'b' moved since: it was last changed at 13:00, and had been at 10:00"],
    ],
  ])('%s', (_, reviewed, fresh, expected) => {
    expect(texts(plan(reviewed), plan(fresh))).toEqual(expected)
  })
})

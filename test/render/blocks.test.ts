import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Block, divideBlocks, printBlocks } from '../../src/render/blocks.ts'

const items = (number: number, more: object = {}): Block => ({
  kind: 'items',
  of: '`main`',
  items: Array.from({ length: number }, (_, at) => `- item ${at}\n  - of two lines`),
  ...more,
})
const printed = (blocks: readonly Block[], limit: number): readonly string[] => divideBlocks(blocks, limit).map(printBlocks)

describe('blocks that are divided', () => {
  test('stay together where there is room', () => {
    expect(printed([{ kind: 'paragraph', text: 'a' }, items(2)], 1_000)).toHaveLength(1)
  })

  test('go on with their heading, and are folded again', () => {
    const [first = '', second = ''] = printed([items(10, { fold: '10 more' })], 250)
    expect(first).toMatch(/^<details><summary>10 more<\/summary>[\s\S]*<\/details>$/)
    expect(second).toMatch(/^#### `main`, continued\n\n<details><summary>10 more, continued<\/summary>\n\n- item \d\n/)
    expect(first.endsWith('  - of two lines\n\n</details>')).toBe(true)
  })

  test('have the head of their table in each part', () => {
    const rows = Array.from({ length: 30 }, (_, at) => [`${at}`, 'x'])
    const parts = printed([{ kind: 'table', head: ['a', 'b'], rows }], 150)
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) expect(part).toMatch(/^\| a \| b \|\n\| --- \| --- \|\n\| \d+ \| x \|/)
  })

  test('leave no heading behind what it heads', () => {
    const [first = ''] = printed(
      [{ kind: 'paragraph', text: 'x'.repeat(800) }, { kind: 'paragraph', text: '#### head', heads: true }, items(9)],
      1_000,
    )
    expect(first).not.toContain('#### head')
  })

  test('fit, balance their folds, and lose none of their items, whatever they are', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' '), minLength: 1, maxLength: 60 })
    const block = fc.oneof(
      fc.record({ kind: fc.constant('paragraph' as const), text: line, heads: fc.boolean() }),
      fc.record({
        kind: fc.constant('items' as const),
        of: fc.constant('`m`'),
        items: fc.array(
          line.map((text) => `- ${text}`),
          { minLength: 1, maxLength: 30 },
        ),
        fold: fc.constantFrom('fold', 'other'),
      }),
      fc.record({
        kind: fc.constant('table' as const),
        head: fc.constant(['h']),
        rows: fc.array(fc.array(line, { minLength: 1, maxLength: 1 }), { minLength: 1, maxLength: 30 }),
      }),
    )
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), fc.integer({ min: 400, max: 2_000 }), (blocks, limit) => {
        const parts = divideBlocks(blocks, limit)
        const texts = parts.map(printBlocks)
        const told = parts.flat().flatMap((each) => (each.kind === 'items' ? each.items : each.kind === 'table' ? each.rows.flat() : []))
        const given = blocks.flatMap((each) => (each.kind === 'items' ? each.items : each.kind === 'table' ? each.rows.flat() : []))
        expect(told).toEqual(given)
        for (const text of texts) {
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
          expect(text.split('<details>')).toHaveLength(text.split('</details>').length)
        }
      }),
    )
  })

  test('cut an item that no part has room for at the end of a line', () => {
    const huge = `- head\n${'  - property\n'.repeat(200)}  - last`
    const parts = printed([{ kind: 'items', of: '`m`', items: [huge, '- next'] }], 500)
    expect(parts[0]).toMatch(/^- head\n {2}- property\n[\s\S]*\n…$/)
    expect(parts.at(-1)).toContain('- next')
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(500)
  })
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findCycle, type Graph, inOrder, runGraph } from '../src/graph.ts'

/** Graphs without a circle: each node needs only nodes before it. */
const acyclic = fc
  .array(fc.array(fc.nat(20), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .map(
    (needs): Graph =>
      new Map(needs.map((wanted, node) => [`n${node}`, new Set(wanted.filter((other) => other < node).map((other) => `n${other}`))])),
  )

describe('a graph', () => {
  test('of any shape without a circle has no cycle, and an order that respects it', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        expect(findCycle(graph)).toBeUndefined()
        const order = inOrder(graph)
        expect([...order].sort()).toEqual([...graph.keys()].sort())
        for (const [node, needs] of graph) for (const other of needs) expect(order.indexOf(other)).toBeLessThan(order.indexOf(node))
      }),
    )
  })

  test('with a circle is named by the way round', () => {
    const graph = new Map([
      ['start', new Set(['a'])],
      ['a', new Set(['b'])],
      ['b', new Set(['c'])],
      ['c', new Set(['a'])],
    ])
    expect(findCycle(graph)).toEqual(['a', 'b', 'c', 'a'])
  })

  test('is worked through as soon as each node can be, and never before', async () => {
    await fc.assert(
      fc.asyncProperty(acyclic, fc.infiniteStream(fc.nat(3)), async (graph, delays) => {
        const done = new Set<string>()
        let running = 0
        const results = await runGraph(
          graph,
          async (node) => {
            for (const other of graph.get(node) ?? []) expect(done.has(other)).toBe(true)
            running += 1
            for (let turns = delays.next().value ?? 0; turns > 0; turns--) await undefined
            done.add(node)
            running -= 1
            return true
          },
          Boolean,
        )
        expect(results.size).toBe(graph.size)
        expect(running).toBe(0)
      }),
    )
  })

  test('has under way, at any moment, everything that could be: all whose needs went well', async () => {
    await fc.assert(
      fc.asyncProperty(acyclic, fc.infiniteStream(fc.nat(1_000)), fc.infiniteStream(fc.boolean()), async (graph, picks, fates) => {
        const begun = new Map<string, (well: boolean) => void>()
        const ended = new Map<string, boolean>()
        const all = runGraph(graph, (node) => new Promise<boolean>((resolve) => begun.set(node, resolve)), Boolean)
        for (;;) {
          await new Promise<void>((resolve) => setImmediate(resolve))
          const possible = [...graph].filter(([, needs]) => [...needs].every((other) => ended.get(other) === true)).map(([node]) => node)
          expect([...begun.keys()].sort()).toEqual(possible.sort())
          const running = [...begun.keys()].filter((node) => !ended.has(node))
          const next = running[(picks.next().value ?? 0) % Math.max(1, running.length)]
          if (next === undefined) break
          const well = fates.next().value ?? true
          ended.set(next, well)
          begun.get(next)?.(well)
        }
        expect(new Map(await all)).toEqual(ended)
      }),
    )
  })

  test('of which a work throws begins nothing more, and throws once all that was begun has ended', async () => {
    const graph = new Map([
      ['a', new Set<string>()],
      ['b', new Set<string>()],
      ['c', new Set(['b'])],
    ])
    const begun: string[] = []
    const done: string[] = []
    const all = runGraph(
      graph,
      async (node) => {
        begun.push(node)
        if (node === 'a') throw new Error('a broke')
        await new Promise<void>((resolve) => setImmediate(resolve))
        done.push(node)
        return true
      },
      Boolean,
    )
    await expect(all).rejects.toThrow('a broke')
    expect({ begun, done }).toEqual({ begun: ['a', 'b'], done: ['b'] })
  })

  test('begins at once all that wait for nothing', async () => {
    const begun: string[] = []
    const graph = new Map([
      ['a', new Set<string>()],
      ['b', new Set<string>()],
      ['c', new Set(['a'])],
    ])
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const all = runGraph(
      graph,
      async (node) => {
        begun.push(node)
        await gate
        return true
      },
      Boolean,
    )
    expect(begun).toEqual(['a', 'b'])
    release()
    await all
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  test('of which a node fails begins nothing that needs it, and everything else', async () => {
    const graph = new Map([
      ['a', new Set<string>()],
      ['b', new Set(['a'])],
      ['c', new Set(['b'])],
      ['d', new Set<string>()],
      ['e', new Set(['d'])],
    ])
    const results = await runGraph(graph, async (node) => node !== 'a', Boolean)
    expect(Object.fromEntries(results)).toEqual({ a: false, d: true, e: true })
  })
})

import { describe, expect, test } from '@jest/globals'
import { anchors } from '../../src/document/alias.ts'
import type { Node, Place } from '../../src/document/node.ts'
import { sourceOf } from '../../src/document/source.ts'

const place: Place = { source: sourceOf('', 'file.yml'), offset: 0 }
const one: Node = { kind: 'scalar', value: 1, written: '1', place }
const listOf = (...items: Node[]): Node => ({ kind: 'list', items, place })
const mapOf = (value: Node): Node => ({ kind: 'map', entries: new Map([['a', { key: place, value }]]), place })

describe('anchors', () => {
  test('a copy is equal and shares no node', () => {
    const known = anchors()
    const anchored = listOf(one, mapOf(one))
    known.close('a', anchored)
    const copy = known.copy('a', 0)
    expect(copy).toEqual(anchored)
    if (typeof copy === 'string' || copy.kind !== 'list' || anchored.kind !== 'list') throw new Error('no list')
    expect(copy).not.toBe(anchored)
    for (const [index, item] of copy.items.entries()) expect(item).not.toBe(anchored.items[index])
  })

  test('the last anchor of a name counts', () => {
    const known = anchors()
    known.close('a', one)
    known.close('a', { ...one, value: 2 })
    expect(known.copy('a', 0)).toMatchObject({ value: 2 })
  })

  test('an alias without an anchor above it, or within it, has no copy', () => {
    const known = anchors()
    expect(known.copy('a', 0)).toBe('dangling')
    known.open('a')
    expect(known.copy('a', 0)).toBe('recursive')
  })

  test('all copies together are made under one budget, and none after it is spent', () => {
    const known = anchors(10)
    known.close('five', listOf(one, one, one, one))
    known.close('one', one)
    expect(known.copy('five', 0)).not.toBe('too-many')
    expect(known.copy('five', 0)).not.toBe('too-many')
    expect(known.copy('one', 0)).toBe('too-many')
  })

  test('copies that would stand too deep are refused', () => {
    const known = anchors()
    known.close('a', listOf(listOf(one)))
    expect(known.copy('a', 98)).not.toBe('too-deep')
    expect(known.copy('a', 99)).toBe('too-deep')
  })
})

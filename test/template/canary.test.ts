import { describe, expect, test } from '@jest/globals'
import { prototypes } from './arbitrary.ts'
import { aTemplate, sealed } from './build.ts'

/** The checks of these tests can fail: each is shown a thing on which it must. */
describe('canary', () => {
  test('a sealed tree throws when it is changed', () => {
    const root = sealed(aTemplate('Resources: {A: {Type: T, B: [1]}}'))
    const resources = root.entries.get('Resources')?.value
    if (resources?.kind !== 'map') throw new Error('no resources')
    const entries = new Map(resources.entries)
    expect(() => Map.prototype.set.call(entries, 'B', undefined)).not.toThrow()
    expect(() => (resources.entries as Map<string, unknown>).set('B', undefined)).toThrow('an input was changed')
    expect(() => (resources.entries as Map<string, unknown>).delete('A')).toThrow('an input was changed')
    expect(() => Object.assign(resources, { kind: 'list' })).toThrow(TypeError)
    expect(() => Object.assign(resources.entries.get('A') ?? {}, { value: 1 })).toThrow(TypeError)
  })

  test('a key that reaches a prototype is seen', () => {
    const before = prototypes()
    Object.defineProperty(Object.prototype, 'polluted', { value: 1, configurable: true })
    expect(prototypes()).not.toEqual(before)
    Reflect.deleteProperty(Object.prototype, 'polluted')
    expect(prototypes()).toEqual(before)
  })

  test('a template with a mistake is not taken for a sound one', () => {
    expect(() => aTemplate('Resources: {A: {Type: !Reff T}}')).toThrow("unknown tag '!Reff'")
  })
})

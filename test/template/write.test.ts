import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { origins, writeTemplate } from '../../src/template/write.ts'
import { prototypes, templateText } from './arbitrary.ts'
import { aTemplate } from './build.ts'

describe('writeTemplate', () => {
  test('writes JSON with one space of indentation and a line end', () => {
    expect(writeTemplate(aTemplate('Resources:\n  A: {Type: T, B: [1, "2", true]}'))).toBe(
      '{\n "Resources": {\n  "A": {\n   "Type": "T",\n   "B": [\n    1,\n    "2",\n    true\n   ]\n  }\n }\n}\n',
    )
  })

  test('keeps the order of keys, with those that look like numbers where JavaScript puts them', () => {
    const written = writeTemplate(aTemplate('Metadata: {b: 1, "10": 1, a: 1, "9": 1, "01": 1}'))
    expect(Object.keys(JSON.parse(written).Metadata)).toEqual(['9', '10', 'b', 'a', '01'])
    expect(written.indexOf('"9"')).toBeLessThan(written.indexOf('"b"'))
  })

  test('__proto__ and toJSON are keys like any other', () => {
    expect(writeTemplate(aTemplate('Metadata: {__proto__: {a: 1}, toJSON: b, constructor: c}')).replaceAll(/\s/g, '')).toBe(
      '{"Metadata":{"__proto__":{"a":1},"toJSON":"b","constructor":"c"}}',
    )
  })

  test('what it writes reads back to the same bytes, and reaches no prototype', () => {
    const before = prototypes()
    fc.assert(
      fc.property(templateText, (text) => {
        const written = writeTemplate(aTemplate(text))
        expect(writeTemplate(aTemplate(written))).toBe(written)
        expect(JSON.parse(written)).toEqual(JSON.parse(text))
      }),
    )
    expect(prototypes()).toEqual(before)
  })
})

describe('origins', () => {
  test('says of every value where it stands', () => {
    expect(origins(aTemplate('Resources:\n  A:\n    Type: T\n    B: [1, {c: 2}]\n    D: {}\n    E: []\n    F: !GetAtt A.B\n'))).toEqual(
      [
        ['/Resources/A/Type', 3],
        ['/Resources/A/B/0', 4],
        ['/Resources/A/B/1/c', 4],
        ['/Resources/A/D', 5],
        ['/Resources/A/E', 6],
        ['/Resources/A/F/Fn::GetAtt/0', 7],
        ['/Resources/A/F/Fn::GetAtt/1', 7],
      ].map(([pointer, line]) => ({ pointer, file: 'cloudFormation/scaling.yml', line })),
    )
  })

  test('escapes what a JSON pointer must', () => {
    expect(origins(aTemplate('Metadata: {a/b: {"~": 1}}'))[0]?.pointer).toBe('/Metadata/a~1b/~0')
  })

  test('every pointer leads to a value in the written template', () => {
    fc.assert(
      fc.property(templateText, (text) => {
        const root = aTemplate(text)
        const written = JSON.parse(writeTemplate(root))
        for (const { pointer } of origins(root)) {
          const steps = pointer
            .split('/')
            .slice(1)
            .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
          let value = written
          for (const step of steps) {
            expect(Object.hasOwn(value, step)).toBe(true)
            value = value[step]
          }
          expect(typeof value !== 'object' || Object.keys(value).length === 0).toBe(true)
        }
      }),
    )
  })
})

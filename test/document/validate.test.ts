import { describe, expect, test } from '@jest/globals'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import { toData } from '../../src/document/data.ts'
import type { Node } from '../../src/document/node.ts'
import { readDocument } from '../../src/document/read.ts'
import type { Hints } from '../../src/document/schema.ts'
import { schemaProblems } from '../../src/document/validate.ts'
import { shown } from '../service/support.ts'

function rootOf(text: string): Node {
  const { root } = readDocument(text, 'file.yml', {})
  if (!root) throw new Error(`the test's document is no YAML: ${text}`)
  return root
}

function problemsOf(schema: AnySchemaObject, text: string, hints?: Hints): string[] {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, inlineRefs: false, allowUnionTypes: true, strictRequired: false })
  ajv.addKeyword('errorMessage')
  const compiled = ajv.compile(schema)
  // ajv's own validators are what scripts/schemas.ts writes out.
  const validate = Object.assign(
    (data: unknown) => {
      const good = compiled(data) === true
      validate.errors = compiled.errors ?? null
      return good
    },
    { errors: compiled.errors ?? null },
  )
  return schemaProblems(rootOf(text), validate, hints).map(shown)
}

const closed = { type: 'object', additionalProperties: false } as const

describe('one problem a mistake, where it is', () => {
  test.each<[string, AnySchemaObject, string, string[]]>([
    ['nothing wrong', { type: 'object' }, '{ a: 1 }', []],
    [
      'a type',
      { type: 'object', properties: { a: { type: 'boolean' } } },
      'a: yes',
      ["file.yml:1:4: a: expected true or false, got 'yes'"],
    ],
    [
      'types',
      { type: 'object', properties: { a: { type: ['integer', 'array', 'null'] } } },
      'a: 1.5',
      ['file.yml:1:4: a: expected a whole number, a list or nothing, got the number 1.5'],
    ],
    ['the root', { type: 'object' }, '- a', ['file.yml:1:1: expected a map, got a list']],
    [
      'a number that should be text',
      { type: 'object', properties: { a: { type: 'string' } } },
      'a: 12',
      ['file.yml:1:4: a: expected a string, got the number 12 (quote it: "12")'],
    ],
    [
      'a number that is no better in quotes',
      { type: 'object', properties: { a: { type: 'string', pattern: '^x', examples: ['xy'] } } },
      'a: 12',
      ['file.yml:1:4: a: expected a string, got the number 12 (quote it, as in "xy")'],
    ],
    [
      'a choice',
      { type: 'object', properties: { a: { enum: ['warn', 'refuse'] } } },
      'a: refuze',
      ["file.yml:1:4: a: expected warn or refuse, got 'refuze' (did you mean 'refuse'?)"],
    ],
    [
      'an unknown key, at the key',
      { ...closed, properties: { name: {} } },
      'nmae: 1',
      ["file.yml:1:1: unknown key 'nmae' (did you mean 'name'?)"],
    ],
    [
      'an unknown key that is near to none',
      { ...closed, properties: { name: {}, path: {} } },
      'colour: 1',
      ["file.yml:1:1: unknown key 'colour' (there are 'name', 'path')"],
    ],
    [
      'a missing key, at the map',
      { type: 'object', properties: { a: { type: 'object', required: ['b'], properties: { b: { examples: ['x'] } } } } },
      '\na:\n  c: 1',
      ["file.yml:3:3: a: missing key 'b' (add it, as in b: x)"],
    ],
    [
      'a missing key whose example needs quotes',
      { type: 'object', required: ['b'], properties: { b: { examples: ['012'] } } },
      '{}',
      [`file.yml:1:1: missing key 'b' (add it, as in b: "012")`],
    ],
    [
      'a misspelt key is not missing as well',
      { ...closed, required: ['owner', 'name'], properties: { owner: {}, name: {} } },
      'ownr: 1',
      ["file.yml:1:1: missing key 'name'", "file.yml:1:1: unknown key 'ownr' (did you mean 'owner'?)"],
    ],
    [
      'a name',
      {
        type: 'object',
        propertyNames: { $ref: '#/$defs/n' },
        $defs: { n: { type: 'string', pattern: '^[a-z]+$', errorMessage: 'expected a name' } },
      },
      '{ a: 1, B-c: 2 }',
      ["file.yml:1:9: expected a name, got the key 'B-c'"],
    ],
    [
      'an item',
      { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
      '- { a: x }\n- { a: [] }',
      ['file.yml:2:8: [1].a: expected a string, got an empty list'],
    ],
    [
      'an odd key in the path',
      { type: 'object', additionalProperties: { type: 'string' } },
      '"a.b/c~d": []',
      ["file.yml:1:12: ['a.b/c~d']: expected a string, got an empty list"],
    ],
    ['too few', { type: 'object', minProperties: 1 }, '{}', ['file.yml:1:1: expected at least one entry, got an empty map']],
    [
      'a range',
      { type: 'array', items: { type: 'number', minimum: 1, maximum: 3 } },
      '[0, 4]',
      ['file.yml:1:2: [0]: expected at least 1, got the number 0', 'file.yml:1:5: [1]: expected at most 3, got the number 4'],
    ],
    [
      'two rules that one value breaks',
      { type: 'object', properties: { a: { type: 'string', maxLength: 2, pattern: '^a', errorMessage: 'expected ab' } } },
      'a: xyz',
      ["file.yml:1:4: a: expected ab, got 'xyz'"],
    ],
    ['a rule without words', { type: 'array', uniqueItems: true }, '[1, 1]', ["file.yml:1:1: breaks the schema's rule 'uniqueItems'"]],
    [
      'a condition',
      { type: 'object', if: { properties: { a: { const: 1 } } }, else: { required: ['b'] } },
      'a: 2',
      ["file.yml:1:1: missing key 'b'"],
    ],
    [
      'alternatives that all fail',
      { type: 'object', properties: { a: { anyOf: [{ enum: ['x'] }, { type: 'object' }], errorMessage: 'expected x, or a map' } } },
      'a: xx',
      ["file.yml:1:4: a: expected x, or a map, got 'xx' (did you mean 'x'?)"],
    ],
    [
      'alternatives of which one was meant',
      { type: 'object', properties: { a: { anyOf: [{ enum: ['x'] }, { type: 'object', additionalProperties: { enum: ['x'] } }] } } },
      'a: { b: y, c: x }',
      ["file.yml:1:9: a.b: expected x, got 'y' (did you mean 'x'?)"],
    ],
  ])('%s', (_, schema, text, expected) => {
    expect(problemsOf(schema, text)).toEqual(expected)
  })

  test('every one of many, in the order of the text', () => {
    const schema = { ...closed, properties: { b: { type: 'string' }, c: { type: 'string' } } }
    expect(problemsOf(schema, 'x: 1\nc: 1\ny: 1\nb: 1')).toEqual([
      "file.yml:1:1: unknown key 'x' (did you mean 'b'?)",
      'file.yml:2:4: c: expected a string, got the number 1 (quote it: "1")',
      "file.yml:3:1: unknown key 'y' (did you mean 'b'?)",
      'file.yml:4:4: b: expected a string, got the number 1 (quote it: "1")',
    ])
  })

  test('hints go by the title of the schema', () => {
    const schema = {
      type: 'object',
      properties: { a: { title: 'colour', type: 'string', pattern: '^red$', errorMessage: 'expected a colour' } },
    }
    const hints = { colour: (wrong: string) => `try red, not ${wrong}` }
    expect(problemsOf(schema, 'a: rad', hints)).toEqual(["file.yml:1:4: a: expected a colour, got 'rad' (try red, not rad)"])
    expect(problemsOf(schema, 'a: 1', hints)).toEqual(['file.yml:1:4: a: expected a colour, got the number 1 (try red, not 1)'])
  })

  test('what is shown is safe to print, and not long', () => {
    const [problem = ''] = problemsOf({ type: 'array' }, JSON.stringify(`\u001b[31m\u202e${'x'.repeat(99)}`))
    expect(problem).toContain(`'\\u{1b}[31m\\u{202e}xxx`)
    expect(problem.length).toBeLessThan(130)
  })
})

test('plain data has no prototype to reach', () => {
  const data = toData(rootOf('{ "__proto__": { a: 1 }, constructor: [x, 2, true] }'))
  expect(Object.getPrototypeOf(data)).toBeNull()
  expect(JSON.stringify(data)).toBe('{"__proto__":{"a":1},"constructor":["x",2,true]}')
  expect(problemsOf({ ...closed, properties: { a: {} } }, '{ "__proto__": 1, toString: 2 }')).toHaveLength(2)
})

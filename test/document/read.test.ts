import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Data, toData } from '../../src/document/data.ts'
import { type Node, whereIs } from '../../src/document/node.ts'
import { member } from '../../src/document/placed.ts'
import { readDocument } from '../../src/document/read.ts'

const tags: ReadonlySet<string> = new Set(['!Ref', '!Append', '!Remove'])

function dataOf(text: string): Data | undefined {
  const { root, problems } = readDocument(text, 'file.yml', { tags })
  expect(problems).toEqual([])
  return root && toData(root)
}

function problemsOf(text: string | Uint8Array): string[] {
  return readDocument(text, 'file.yml', { tags }).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

function countOf(node: Node | undefined): number {
  if (!node) return 0
  if (node.kind === 'scalar') return 1
  const inner = node.kind === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value)
  return inner.reduce((sum, one) => sum + countOf(one), 1)
}

describe('readDocument', () => {
  test('reads maps, lists and scalars, plain, quoted and in blocks', () => {
    const text =
      'plain: a b\nnumber: 30\nquoted: "30"\nsingle: \'true\'\nblock: |\n  1\nfolded: >-\n  a\n  b\nlist: [1, [x], {a: }]\nempty:\n'
    expect(dataOf(text)).toEqual({
      plain: 'a b',
      number: 30,
      quoted: '30',
      single: 'true',
      block: '1\n',
      folded: 'a b',
      list: [1, ['x'], { a: null }],
      empty: null,
    })
  })

  test('reads JSON, indented by tabs or not at all', () => {
    expect(dataOf('{\n\t"a": [\n\t\t1, "x\\/\\ud83d\\ude00", null\n\t],\t"b":{}\n}')).toEqual({ a: [1, 'x/😀', null], b: {} })
  })

  test('what JSON can say is read as JSON.parse reads it, numbers that print differently aside', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, 2, '\t'), (value, space) => {
        const json = JSON.stringify(value, undefined, space)
        const { root, problems } = readDocument(json, 'file.json', {})
        expect(problems).toEqual([])
        expect(JSON.stringify(root && toData(root))).toBe(JSON.stringify(JSON.parse(json)))
      }),
    )
  })

  test.each(['', '\n\n', '# a comment\n', '---\n', '---\n# a comment\n', '\ufeff'])(
    '%j holds nothing, and nothing is wrong with it',
    (text) => {
      expect(readDocument(text, 'file.yml', {})).toEqual({ root: undefined, problems: [] })
    },
  )

  test('every node and key knows where it stands', () => {
    const { root } = readDocument('a: 1\nbb:\n  - x\n  -   y\n', 'file.yml', {})
    const list = member(root, 'bb')
    if (root?.kind !== 'map' || list?.kind !== 'list') throw new Error('no list')
    expect(root.entries.get('bb')?.key && whereIs(root.entries.get('bb')?.key ?? list.place)).toEqual({
      file: 'file.yml',
      line: 2,
      column: 1,
    })
    expect(list.items.map(({ place }) => whereIs(place))).toEqual([
      { file: 'file.yml', line: 3, column: 5 },
      { file: 'file.yml', line: 4, column: 7 },
    ])
  })

  test('tags it was told of stay on the node, whose place is the tag', () => {
    const { root, problems } = readDocument('a: !Ref x\nb: !Append\n  - 1\nc: !Remove\nd: {e: !Remove, f: !Append {g: 1}}', 'file.yml', {
      tags,
    })
    expect(problems).toEqual([])
    expect(member(root, 'a')).toMatchObject({ kind: 'scalar', value: 'x', tag: '!Ref' })
    const append = member(root, 'b')
    expect(append).toMatchObject({ kind: 'list', tag: '!Append' })
    expect(append && whereIs(append.place)).toMatchObject({ line: 2, column: 4 })
    expect(member(root, 'c')).toMatchObject({ kind: 'scalar', value: null, tag: '!Remove' })
    expect(member(member(root, 'd'), 'e')).toMatchObject({ value: null, tag: '!Remove' })
    expect(member(member(root, 'd'), 'f')).toMatchObject({ kind: 'map', tag: '!Append' })
  })

  test("YAML's own text tag makes a string of what looks like a number, and its other tags are unknown", () => {
    expect(dataOf('a: !!str 30\nb: ! 30')).toEqual({ a: '30', b: '30' })
    expect(problemsOf('a: !!int 3\nb: !!binary aa')).toEqual(["1:4 unknown tag '!!int'", "2:4 unknown tag '!!binary'"])
  })

  test.each([
    ['an unknown tag', 'a: !Reff x', "1:4 unknown tag '!Reff'"],
    ['an unknown tag on a list', 'a: !Reff\n  - x', "1:4 unknown tag '!Reff'"],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3', "3:1 key 'a' stands twice in one map"],
    ['a key that stands twice in JSON', '{"a": 1,\n "a": 2}', "2:2 key 'a' stands twice in one map"],
    ['a key that is written in two ways', '1: a\n"1": b', "2:1 key '1' stands twice in one map"],
    ['a list as a key', '[a]: b', '1:1 a key that is no text'],
    ['a map as a key', '? {a: b}\n: c', '1:3 a key that is no text'],
    ['an alias as a key', 'a: &a x\n*a : y', '2:1 a key that is no text'],
    ['a tagged key', '!Ref a: b', '1:6 !Ref on a key'],
    ['a value without a key', ': x', '1:1 a value without a key'],
    ['a merge key', 'a: &a {b: 1}\nc:\n  <<: *a', "3:3 merge key '<<'"],
    ['an alias to nothing', 'a: *b', "1:4 alias '*b' points at no anchor above it"],
    ['an alias to what comes later', 'a: *b\nb: &b 1', "1:4 alias '*b' points at no anchor above it"],
    ['an alias in itself', 'a: &a [*a]', "1:8 alias '*a' stands in the value it points at"],
    ['a second document', 'a: 1\n---\nb: 2', '2:1 more than one document'],
    ['NUL', 'a: \0', '1:4 a control character (U+0000) is not text'],
    ['a quote that is not closed', 'a: "x\nb: 1', '2:5 cannot be read: missing closing "quote'],
    ['a tab that indents', 'a:\n\tb: 1', '2:1 cannot be read: tabs are not allowed as indentation'],
    ['two keys in one line', 'a: b: c', '1:4 cannot be read: nested mappings are not allowed in compact mappings'],
  ])('refuses %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  test('bytes that are no UTF-8 are refused', () => {
    expect(problemsOf(Uint8Array.from([0x61, 0x3a, 0x20, 0xff]))).toEqual(['1:4 not valid UTF-8'])
  })

  test('all problems of a document are told, down the text, with what to do', () => {
    const { problems } = readDocument('a: !Reff x\nb:\n  <<: *c\na: 1\n', 'file.yml', { tags })
    expect(problems.map(({ line, message, hint }) => ({ line, message, hint }))).toEqual([
      { line: 1, message: "unknown tag '!Reff'", hint: "did you mean '!Ref'?" },
      { line: 3, message: "merge key '<<'", hint: 'write it out: the keys that it brings, one by one' },
      { line: 3, message: "alias '*c' points at no anchor above it", hint: 'write the value out' },
      { line: 4, message: "key 'a' stands twice in one map", hint: 'remove one: the first is on line 1' },
    ])
  })

  test('what is sound of a document with problems is still there', () => {
    const { root } = readDocument('a: 1\na: 2\nb: !Reff x', 'file.yml', { tags })
    expect(root && toData(root)).toEqual({ a: 1, b: 'x' })
  })

  test('a document whose syntax is broken is not there at all', () => {
    expect(readDocument('a: 1\nb: "', 'file.yml', {}).root).toBeUndefined()
  })

  test('aliases become nodes of their own', () => {
    const { root, problems } = readDocument('a: &a {b: [1]}\nc: *a', 'file.yml', {})
    expect(problems).toEqual([])
    expect(root && toData(root)).toEqual({ a: { b: [1] }, c: { b: [1] } })
    expect(member(root, 'a')).not.toBe(member(root, 'c'))
    expect(member(member(root, 'a'), 'b')).not.toBe(member(member(root, 'c'), 'b'))
  })

  test('a few lines of aliases cannot ask for a billion nodes', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let n = 1; n < 30; n++)
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      )
    const { root, problems } = readDocument(lines.join('\n'), 'file.yml', {})
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [4, "alias '*a2' makes more than 10000 values of aliases in this document"],
    ])
    expect(countOf(root)).toBeLessThan(11_000)
  })

  test('aliases cannot nest deeper than what is written', () => {
    const deep = (levels: number, inner: string) => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`
    expect(problemsOf(`a: &a ${deep(60, 'x')}\nb: ${deep(60, '*a')}`)).toEqual([`2:64 alias '*a' is nested more than 100 levels deep`])
    expect(problemsOf(`a: &a ${deep(40, 'x')}\nb: ${deep(40, '*a')}`)).toEqual([])
  })

  test('pairs in lists, which nest twice in one bracket, are counted too', () => {
    expect(problemsOf(`${'[a: '.repeat(90)}x${']'.repeat(90)}`)).toEqual(['1:201 the value is nested more than 100 levels deep'])
  })

  test('each of thirty thousand keys that stand twice is told', () => {
    expect(problemsOf('key: value\n'.repeat(30_000))).toHaveLength(29_999)
  })

  test('keys of any name are keys, and reach no prototype', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '']
    const { root, problems } = readDocument(JSON.stringify(Object.fromEntries(names.map((name) => [name, { polluted: 1 }]))), 'f.json', {})
    expect(problems).toEqual([])
    expect(root?.kind === 'map' && [...root.entries.keys()]).toEqual(expect.arrayContaining(names.filter((name) => name !== '__proto__')))
    expect(Object.hasOwn({}, 'polluted') || 'polluted' in {}).toBe(false)
  })

  test('no text makes it throw', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '? ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '\n',
      '  ',
      '\t',
      '"',
      "'",
      '&a ',
      '*a',
      '!Ref ',
      '!x ',
      '|',
      '>',
      '#',
      '---',
      '...',
      '%',
      '<<',
      '\\',
      '@',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { root, problems } = readDocument(pieces.join(''), 'file.yml', { tags })
        expect(root === undefined || countOf(root) > 0).toBe(true)
        for (const { line, column } of problems) expect(line > 0 && column > 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('the same text gives the same tree and problems', () => {
    const text = 'a: &a [!Ref x, *a]\na: 1\n<<: *b\n'
    expect(problemsOf(text)).toEqual(problemsOf(text))
  })
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { member } from '../../../src/document/placed.ts'
import { applyOverride } from '../../../src/template/merge/override.ts'
import { writeTemplate } from '../../../src/template/write.ts'
import { prototypes, templateText, value } from '../arbitrary.ts'
import { aTemplate, dataOf, said, sealed } from '../build.ts'

/** Lays one value over another as the property `Name` of a resource. `undefined` below: the property is not there. */
function lay(below: string | undefined, above: string, name = 'Name'): { value: unknown; problems: string[] } {
  const property = below === undefined ? '{}' : `{ ${name}: ${below} }`
  const base = aTemplate(`Resources: { Queue: { Type: AWS::SQS::Queue, Properties: ${property} } }`)
  const over = aTemplate(`Resources: { Queue: { Properties: { ${name}: ${above} } } }`, 'override')
  const { root, problems } = applyOverride(sealed(base), sealed(over))
  const properties = member(member(member(root, 'Resources'), 'Queue'), 'Properties')
  return { value: dataOf(member(properties, name)), problems: said(problems) }
}

const at = 'Resources.Queue.Properties.Name in platform template scaling.yml'

describe('what comes of a value over another', () => {
  test.each<[string, string | undefined, string, unknown]>([
    ['a scalar over a scalar replaces', 'a', '1', 1],
    ['a scalar over a list replaces', '[a]', 'b', 'b'],
    ['a scalar over a map replaces', '{a: 1}', 'b', 'b'],
    ['a list over a scalar replaces', 'a', '[b]', ['b']],
    ['a list over a list replaces', '[a, b]', '[c]', ['c']],
    ['an empty list over a list replaces', '[a, b]', '[]', []],
    ['a list over a map replaces', '{a: 1}', '[b]', ['b']],
    ['a map over a scalar replaces', 'a', '{b: 1}', { b: 1 }],
    ['a map over a map merges by key', '{a: 1, b: {c: 2, d: 3}}', '{b: {d: 4, e: 5}, f: 6}', { a: 1, b: { c: 2, d: 4, e: 5 }, f: 6 }],
    ['an empty map over a map changes nothing', '{a: 1}', '{}', { a: 1 }],
    ['a new property is allowed', undefined, '{a: [1]}', { a: [1] }],
    ['a function over a scalar replaces', 'a', '!Ref B', { Ref: 'B' }],
    ['a function over a list replaces', '[a]', '!Split [",", a]', { 'Fn::Split': [',', 'a'] }],
    ['a function over a function replaces, whole', '!Sub ["${A}", {A: 1}]', '!Sub ["${B}", {B: 2}]', { 'Fn::Sub': ['${B}', { B: 2 }] }],
    ['a scalar over a function replaces', '!Ref A', 'b', 'b'],
    ['a list over a function replaces', '!If [A, [b], [c]]', '[d]', ['d']],
    ['a function over a new property is allowed', undefined, '{ "Fn::Sub": a }', { 'Fn::Sub': 'a' }],
    ['Condition with a policy key is a map there, and merges', '{Condition: {a: 1}}', '{Condition: {b: 2}}', { Condition: { a: 1, b: 2 } }],
    ['a map of two functions is a map', '{Ref: a, b: 1}', '{b: 2}', { Ref: 'a', b: 2 }],
    ['!Replace puts a map in the place of a map', '{a: 1}', '!Replace {b: 2}', { b: 2 }],
    ['!Replace puts a map in the place of a function', '!If [A, b, c]', '!Replace {b: 2}', { b: 2 }],
    ['!Replace puts a function in the place of a map', '{a: 1}', '!Replace {Ref: B}', { Ref: 'B' }],
    ['!Replace of a scalar', 'a', '!Replace b', 'b'],
    ['!Replace on a new property is allowed', undefined, '!Replace {b: 2}', { b: 2 }],
    ['!Remove removes', '{a: 1}', '!Remove', undefined],
    ['!Remove removes a function', '!Ref A', '!Remove', undefined],
    ['!Remove removes within a map', '{a: 1, b: 2}', '{a: !Remove}', { b: 2 }],
    ['!Append adds at the end', '[a]', '!Append [b, c]', ['a', 'b', 'c']],
    ['!Prepend adds at the start', '[a]', '!Prepend [b, c]', ['b', 'c', 'a']],
    ['!Append of nothing changes nothing', '[a]', '!Append []', ['a']],
    ['the long form of !Append', '[a]', '{ "Towpath::Append": [b] }', ['a', 'b']],
    ['the long form of !Prepend', '[a]', '{ "Towpath::Prepend": [b] }', ['b', 'a']],
    ['the long form of !Remove', 'a', '{ "Towpath::Remove": true }', undefined],
    ['the long form of !Replace', '{a: 1}', '{ "Towpath::Replace": {b: 2} }', { b: 2 }],
    ['an account id keeps its zero', 'a', '012345678901', '012345678901'],
  ])('%s', (_, below, above, result) => {
    expect(lay(below, above)).toEqual({ value: result, problems: [] })
  })
})

describe('what cannot be laid', () => {
  test.each<[string, string | undefined, string, string]>([
    ['a map over a function', '!If [A, b, c]', '{a: 1}', `a map over Fn::If at ${at}: use !Replace`],
    ['an empty map over a function', '!Ref A', '{}', `a map over Ref at ${at}: use !Replace`],
    ['a map over a list', '[a]', '{b: 1}', `a map over a list at ${at}: use !Replace`],
    ['a function over a map', '{a: 1}', '!Ref B', `Ref over a map at ${at}: use !Replace`],
    ['!Append to a scalar', 'a', '!Append [b]', `!Append to a scalar, which is no list, at ${at}: use !Replace`],
    ['!Append to a map', '{a: 1}', '!Append [b]', `!Append to a map, which is no list, at ${at}: use !Replace`],
    ['!Prepend to a function', '!Split [a, b]', '!Prepend [b]', `!Prepend to Fn::Split, which is no list, at ${at}: use !Replace`],
    ['!Append to what is absent', undefined, '!Append [b]', `!Append finds no ${at} (write it without !Append)`],
    ['!Prepend to what is absent', undefined, '!Prepend [b]', `!Prepend finds no ${at} (write it without !Prepend)`],
    ['!Remove of what is absent', undefined, '!Remove', `!Remove finds no ${at} (take it out)`],
    ['!Remove within a new map', undefined, '{a: !Remove}', `!Remove finds no ${at.replace('Name', 'Name.a')} (take it out)`],
    [
      '!Append within what replaces',
      'x',
      '{a: !Append [b]}',
      `!Append finds no ${at.replace('Name', 'Name.a')} (write it without !Append)`,
    ],
    ['!Remove within !Replace', '{a: 1}', '!Replace {a: !Remove}', `!Remove finds no ${at.replace('Name', 'Name.a')} (take it out)`],
    [
      'a mark in a list',
      '[a]',
      '[!Remove ]',
      '!Remove within a list or a function, which are replaced whole (put it on the list or function itself)',
    ],
    [
      'a mark deep in a list',
      '[a]',
      '[{b: [!Replace c]}]',
      '!Replace within a list or a function, which are replaced whole (put it on the list or function itself)',
    ],
    [
      'a mark in what is appended',
      '[a]',
      '!Append [!Append [b]]',
      '!Append within a list or a function, which are replaced whole (put it on the list or function itself)',
    ],
    [
      'a mark in a function',
      'a',
      '!Join [",", !Append [b]]',
      '!Append within a list or a function, which are replaced whole (put it on the list or function itself)',
    ],
  ])('%s', (_, below, above, problem) => {
    expect(lay(below, above).problems).toEqual([`1: ${problem}`])
  })

  test('what cannot be laid leaves the value below as it is', () => {
    expect(lay('!If [A, b, c]', '{a: 1}').value).toEqual({ 'Fn::If': ['A', 'b', 'c'] })
    expect(lay('{a: 1}', '!Ref B').value).toEqual({ a: 1 })
    expect(lay('a', '!Append [b]').value).toBe('a')
  })

  test('a misspelt property under !Remove gets the nearest name', () => {
    const base = aTemplate('Resources: { Queue: { Type: T, Properties: { QueueName: a } } }')
    const { problems } = applyOverride(base, aTemplate('Resources: { Queue: { Properties: { QueueNam: !Remove } } }', 'override'))
    expect(said(problems)).toEqual([
      "1: !Remove finds no Resources.Queue.Properties.QueueNam in platform template scaling.yml (did you mean 'QueueName'?)",
    ])
  })
})

describe('Tags', () => {
  const team = '{Key: team, Value: canal}'

  test.each<[string, string, string, unknown]>([
    [
      'entries with the same Key merge',
      `[${team}, {Key: cost, Value: 1}]`,
      '[{Key: cost, Value: 2}]',
      [
        { Key: 'team', Value: 'canal' },
        { Key: 'cost', Value: 2 },
      ],
    ],
    [
      'new ones follow',
      `[${team}]`,
      '[{Key: cost, Value: 1}]',
      [
        { Key: 'team', Value: 'canal' },
        { Key: 'cost', Value: 1 },
      ],
    ],
    [
      'other keys of an entry stay',
      '[{Key: a, Value: b, PropagateAtLaunch: true}]',
      '[{Key: a, Value: c}]',
      [{ Key: 'a', Value: 'c', PropagateAtLaunch: true }],
    ],
    ['a value may become a function', `[${team}]`, '[{Key: team, Value: !Ref A}]', [{ Key: 'team', Value: { Ref: 'A' } }]],
    ['an override that names a Key twice merges twice', '[]', '[{Key: a, Value: 1}, {Key: a, More: 2}]', [{ Key: 'a', Value: 1, More: 2 }]],
    ['a Key is text: 1 and "1" are one', '[{Key: 1, Value: a}]', '[{Key: "1", Value: b}]', [{ Key: '1', Value: 'b' }]],
    ['!Replace replaces', `[${team}]`, '!Replace [{Key: a, Value: b}]', [{ Key: 'a', Value: 'b' }]],
    [
      '!Append appends',
      `[${team}]`,
      '!Append [{Key: a, Value: b}]',
      [
        { Key: 'team', Value: 'canal' },
        { Key: 'a', Value: 'b' },
      ],
    ],
    ['a list of texts replaces a list of texts', '[a]', '[b]', ['b']],
    ['a map of tags merges as any map', '{team: canal}', '{cost: 1}', { team: 'canal', cost: 1 }],
  ])('%s', (_, below, above, result) => {
    expect(lay(below, above, 'Tags')).toEqual({ value: result, problems: [] })
  })

  test('a list that is { Key, Value } only in part is refused: to replace it would drop tags without a word', () => {
    const { value, problems } = lay(`[${team}, !If [A, {Key: a, Value: b}, !Ref AWS::NoValue]]`, '[{Key: c, Value: d}]', 'Tags')
    expect(problems).toEqual([
      '1: not all of Resources.Queue.Properties.Tags in platform template scaling.yml are { Key, Value } on both sides: use !Replace or !Append',
    ])
    expect(value).toHaveLength(2)
  })

  test('a map over a function within an entry is refused, and says which', () => {
    expect(lay('[{Key: a, Value: !Ref A}]', '[{Key: a, Value: {b: 1}}]', 'Tags').problems).toEqual([
      '1: a map over Ref at Resources.Queue.Properties.Tags[0].Value in platform template scaling.yml: use !Replace',
    ])
  })

  test('a mark within an entry is refused, and its entry still merges', () => {
    expect(lay(`[${team}]`, '[{Key: team, Value: !Replace x}]', 'Tags')).toEqual({
      value: [{ Key: 'team', Value: 'x' }],
      problems: ['1: !Replace within a list or a function, which are replaced whole (put it on the list or function itself)'],
    })
  })

  test('only a property of that name is a list of tags', () => {
    expect(lay(`[${team}]`, '[{Key: a, Value: b}]', 'Labels').value).toEqual([{ Key: 'a', Value: 'b' }])
  })
})

describe('sections and their names', () => {
  const base = [
    'Description: A',
    'Parameters: {Size: {Type: Number, Default: 1}}',
    'Rules: {Rule: {Assertions: []}}',
    'Mappings: {Sizes: {small: {a: 1}}}',
    'Conditions: {IsBig: !Equals [!Ref Size, 3], Both: {Condition: IsBig}}',
    'Resources: {Queue: {Type: AWS::SQS::Queue, Condition: IsBig}, Topic: {Type: AWS::SNS::Topic}}',
    'Outputs: {Url: {Value: a}}',
    'Hooks: {Hook: {Type: b}}',
  ].join('\n')

  function apply(override: string): { data: Record<string, unknown>; problems: string[] } {
    const { root, problems } = applyOverride(sealed(aTemplate(base)), sealed(aTemplate(override, 'override')))
    return { data: JSON.parse(writeTemplate(root)), problems: said(problems) }
  }

  test.each([
    ['Parameters: {Siz: {Default: 2}}', "no parameter 'Siz' in platform template scaling.yml (did you mean 'Size'?)"],
    ['Rules: {Rul: {Assertions: []}}', "no rule 'Rul' in platform template scaling.yml (did you mean 'Rule'?)"],
    ['Mappings: {Size: {a: {b: 1}}}', "no mapping 'Size' in platform template scaling.yml (did you mean 'Sizes'?)"],
    ['Conditions: {IsBi: {Condition: Both}}', "no condition 'IsBi' in platform template scaling.yml (did you mean 'IsBig'?)"],
    ['Resources: {Queu: {Properties: {a: 1}}}', "no resource 'Queu' in platform template scaling.yml (did you mean 'Queue'?)"],
    ['Resources: {Queu: !Remove }', "no resource 'Queu' in platform template scaling.yml (did you mean 'Queue'?)"],
    ['Resources: {Queu: !Replace {Type: a}}', "no resource 'Queu' in platform template scaling.yml (did you mean 'Queue'?)"],
    ['Outputs: {Ur: {Value: b}}', "no output 'Ur' in platform template scaling.yml (did you mean 'Url'?)"],
    ['Hooks: {Hoo: {Type: b}}', "no hook 'Hoo' in platform template scaling.yml (did you mean 'Hook'?)"],
    [
      'Resources: {Function: {Type: a}}',
      "no resource 'Function' in platform template scaling.yml (a new resource belongs in cloudFormation/additions)",
    ],
  ])('%s meets nothing, which is an error', (override, problem) => {
    const { data, problems } = apply(override)
    expect(problems).toEqual([`1: ${problem}`])
    expect(data).toEqual(apply('{}').data)
  })

  test('a section that the platform template has not holds no names to meet', () => {
    const { problems, root } = applyOverride(aTemplate('Resources: {A: {Type: T}}'), aTemplate('Outputs: {B: {Value: c}}', 'override'))
    expect(said(problems)).toEqual(["1: no output 'B' in platform template scaling.yml (a new output belongs in cloudFormation/additions)"])
    expect(root.entries.has('Outputs')).toBe(false)
  })

  test('any section can be overridden', () => {
    const { data, problems } = apply(
      [
        'Description: B',
        'Parameters: {Size: {Default: 5}}',
        'Mappings: {Sizes: {small: {a: 2}, big: {a: 3}}}',
        'Conditions: {IsBig: !Not [!Condition Both], Both: !Condition IsBig}',
        'Resources: {Queue: {DeletionPolicy: Retain, Condition: Both}, Topic: !Remove }',
        'Outputs: {Url: {Description: c}}',
        'Metadata: {new: 1}',
        'Globals: {new: 1}',
      ].join('\n'),
    )
    expect(problems).toEqual([])
    expect(data).toMatchObject({
      Description: 'B',
      Parameters: { Size: { Type: 'Number', Default: 5 } },
      Mappings: { Sizes: { small: { a: 2 }, big: { a: 3 } } },
      Conditions: { IsBig: { 'Fn::Not': [{ Condition: 'Both' }] }, Both: { Condition: 'IsBig' } },
      Resources: { Queue: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Retain', Condition: 'Both' } },
      Outputs: { Url: { Value: 'a', Description: 'c' } },
    })
    expect(Object.keys(data)).toEqual([...Object.keys(JSON.parse(writeTemplate(aTemplate(base)))), 'Metadata', 'Globals'])
    expect(data.Resources).not.toHaveProperty('Topic')
  })

  test('a condition is a function among conditions: a map cannot be laid over it', () => {
    expect(apply('Conditions: {Both: {a: 1, b: 2}}').problems).toEqual([
      '1: a map over Condition at Conditions.Both in platform template scaling.yml: use !Replace',
    ])
  })

  test('a whole section can be removed or replaced', () => {
    expect(apply('Hooks: !Remove\nOutputs: !Replace {Other: {Value: b}}').data).toMatchObject({ Outputs: { Other: { Value: 'b' } } })
    expect(apply('Hooks: !Remove').data).not.toHaveProperty('Hooks')
    expect(apply('Globals: !Remove').problems).toEqual(['1: !Remove finds no Globals in platform template scaling.yml (take it out)'])
  })

  test('another Type is refused, and the rest of that resource is still laid', () => {
    const { data, problems } = apply('Resources:\n  Queue:\n    Type: AWS::SNS::Topic\n    DeletionPolicy: Retain')
    expect(problems).toEqual([
      "3: resource 'Queue' is 'AWS::SQS::Queue' in platform template scaling.yml, not 'AWS::SNS::Topic': use !Replace (put !Replace on the whole resource to make it another)",
    ])
    expect(data.Resources).toMatchObject({ Queue: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Retain' } })
  })

  test('the same Type may be said again, and !Replace makes another resource', () => {
    expect(apply('Resources: {Queue: {Type: AWS::SQS::Queue}}').problems).toEqual([])
    const { data, problems } = apply('Resources: {Queue: !Replace {Type: AWS::SNS::Topic}}')
    expect(problems).toEqual([])
    expect(data.Resources).toMatchObject({ Queue: { Type: 'AWS::SNS::Topic' } })
  })

  test('one problem does not hide another', () => {
    expect(apply('Resources:\n  Queu: {}\n  Topic: {Type: B}\nOutputs:\n  Url: !Append [a]').problems).toHaveLength(3)
  })

  test("keys keep the platform's order, and new ones follow in the override's", () => {
    const { root } = applyOverride(
      aTemplate('Resources: {Queue: {Type: T, Properties: {c: 1, a: 1, b: {z: 1, y: 1}}}}'),
      aTemplate('Resources: {Queue: {Properties: {e: 2, b: {x: 2, y: 2}, d: 2, a: 2}}}', 'override'),
    )
    const properties = JSON.parse(writeTemplate(root)).Resources.Queue.Properties
    expect(Object.keys(properties)).toEqual(['c', 'a', 'b', 'e', 'd'])
    expect(Object.keys(properties.b)).toEqual(['z', 'y', 'x'])
  })
})

describe('for all templates', () => {
  test('an override that says nothing changes no byte', () => {
    fc.assert(
      fc.property(templateText, fc.constantFrom('{}', 'Resources: {}'), (text, empty) => {
        const base = aTemplate(text)
        const { root, problems } = applyOverride(sealed(base), sealed(aTemplate(empty, 'override')))
        expect(problems).toEqual([])
        expect(writeTemplate(root)).toBe(writeTemplate(base))
      }),
    )
  })

  test('a template laid over itself is itself, whatever it holds; neither is edited', () => {
    fc.assert(
      fc.property(templateText, (text) => {
        const base = sealed(aTemplate(text))
        const over = sealed(aTemplate(text, 'override'))
        const { root, problems } = applyOverride(base, over)
        expect(problems.filter(({ message }) => !message.includes('{ Key, Value }'))).toEqual([])
        expect(writeTemplate(root)).toBe(writeTemplate(base))
        expect(writeTemplate(base)).toBe(writeTemplate(aTemplate(text)))
      }),
    )
  })

  test('any value over any other: no throw, the same bytes each time, inputs untouched, no prototype reached', () => {
    const before = prototypes()
    fc.assert(
      fc.property(value, value, (below, above) => {
        const text = (one: unknown) => JSON.stringify({ Resources: { Queue: { Type: 'T', Properties: one } } })
        const base = sealed(aTemplate(text(below)))
        const over = sealed(aTemplate(text(above), 'override'))
        const once = applyOverride(base, over)
        const twice = applyOverride(base, over)
        expect(writeTemplate(once.root)).toBe(writeTemplate(twice.root))
        expect(said(once.problems)).toEqual(said(twice.problems))
      }),
    )
    expect(prototypes()).toEqual(before)
  })
})

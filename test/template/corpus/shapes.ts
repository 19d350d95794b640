/** A value as templates of the field write it, below `Value:` at the indentation of a property. */
export interface Shape {
  readonly name: string
  readonly written: string
  /** Read otherwise by YAML 1.1, and text here: the named exceptions. */
  readonly isException?: true
}

const plain: readonly string[] = [
  ...['abc', 'a b c', 'a: b'.replace(': ', ':'), 'http://a/b', '"quoted"', "'single ''quoted'' '", '"\\u00e9\\n\\t\\""', '""', "''"],
  ...['true', 'false', 'True', 'FALSE', 'yes', 'No', 'YES', 'on', 'Off', 'y', 'n', 'Y', 'yEs', '"yes"', "'True'"],
  ...['0', '-0', '30', '-5', '2.0', '1.10', '0.5', '-3.140', '1.5e+3', '123456789012345', '"30"', "'2.0'"],
  ...['1e3', '1.5e3', '012345678901', '0o7', '1.2.3', '10.0.0.0/16', '00:11:22:33', 'v1.0', '2012-10-17T', '100%', '*'.replace('*', '\\*')],
  ...[
    '{}',
    '[]',
    '[a, b]',
    '{a: b}',
    '[1, 2.0, yes, "no"]',
    '{a: 1, b: [c, {d: e}]}',
    '[[a], [b, [c]]]',
    '{"a":"b","c":["d"]}',
    '{a, b: c}'.replace('a, ', ''),
  ],
]

const exceptions: readonly string[] = [
  '0755',
  '-017',
  '1:30',
  '22:22',
  '1_000',
  '1_000.5',
  '0x1F',
  '0b11',
  '+5',
  '+1.5',
  '.5',
  '5.',
  '.inf',
  '-.INF',
  '.nan',
  '2012-10-17',
]

const functions: readonly string[] = [
  ...[
    '!Ref Queue',
    '!GetAtt Queue.Arn',
    '!GetAtt A.B.C',
    '!GetAtt [A, B]',
    '!Sub "${AWS::Region}-a"',
    "!Sub 'a: ${B}'",
    '!Sub ["${A}", {A: 2.0}]',
  ],
  ...[
    '!Join ["", [a, !Ref B]]',
    '!Join [",", !Split ["|", "a|b"]]',
    '!If [C, a, !Ref AWS::NoValue]',
    '!Select [0, !GetAZs ""]',
    '!Select [0, !GetAZs ]',
  ],
  ...[
    '!GetAZs',
    '!Sub',
    '!Base64 30',
    '!Base64 yes',
    '!Sub 2.0',
    '!FindInMap [A, !Ref B, c]',
    '!ImportValue a',
    '!Cidr [!Ref A, 6, 5]',
    '!Equals [yes, "yes"]',
  ],
  ...[
    '!Not [!Equals [a, b]]',
    '!ToJsonString {a: True}',
    '!Length [1, 2]',
    '!GetStackOutput {StackName: a, OutputName: b}',
    '{Ref: A}',
    '{"Fn::Sub": "${A}"}',
    '!Transform {Name: A, Parameters: {B: on}}',
  ],
]

/** Values of several lines. Each line after the first stands below the key. */
const lines: readonly string[] = [
  '|\n  a\n  b',
  '|-\n  a\n  b',
  '|+\n  a\n\n',
  '>\n  a\n  b\n\n  c',
  '>-\n  a\n    b\n  c',
  '|2\n    a\n  b',
  '|\n  #!/bin/bash\n  echo "${A}" # b\n  yes: no',
  '!Sub |\n  a ${B}\n  c',
  'a\n  b\n  c',
  '"a\n  b\\\n  c"',
  "'a\n\n  b'",
  '\n  a: b\n  c: {d: e}',
  '\n  - a\n  - b: c\n    d: e\n  -\n    - f\n  - - g\n    - h',
  '\n  yes: a\n  1: b\n  1.0: c\n  "on": d\n  2012-10-17: e',
  '\n  ? a\n  : b',
  '\n  Fn::If:\n    - C\n    - Ref: A\n    - {Ref: AWS::NoValue}',
  '!Join\n  - ","\n  - - a\n    - !Ref B',
  '{\n  a: b,\n  c: [\n    d,\n    e\n  ]\n}',
  '{\n  a: b\n }',
  '[\n a,\nb\n]',
  '"a\n b"',
  '!Sub \'{\n"a": "b"\n}\'',
  '&x {a: True}',
  '[&y a, *y, *y]',
  '{a: &z [1.0], b: *z}',
  '\n  # a comment\n  a: b # another\n\n  c: d',
  '!Select\n  - 0\n  - !GetAZs',
  '\n  Version: "2012-10-17"\n  Statement:\n    - Effect: Allow\n      Action: ["s3:*"]\n      Condition: {Bool: {"aws:SecureTransport": False}}',
  '\n  StartAt: A\n  States:\n    A: {Type: Task, End: True, Retry: [{BackoffRate: 2.0, MaxAttempts: 3}]}',
]

export const shapes: readonly Shape[] = [
  ...[...plain, ...functions, ...lines].map((written) => ({ name: JSON.stringify(written), written })),
  ...exceptions.map((written) => ({ name: JSON.stringify(written), written, isException: true as const })),
]

const indent = (written: string) => written.replaceAll('\n', '\n      ').replaceAll(/ +$/gm, '')

/** One template of the corpus, and the shapes in it. */
export interface Sample {
  readonly text: string
  readonly shapes: readonly Shape[]
}

function sampleOf(...own: readonly Shape[]): Sample {
  // Lines further left than YAML 1.2 wants: those of these shapes that begin at the margin stay there.
  const resource = ({ written }: Shape, index: number) => {
    const value = /^(\[|"|!Sub ')/.test(written) ? written : indent(written)
    return `  R${index}:\n    Type: T\n    Properties:\n      Value: ${value}\n`.replaceAll(/ +$/gm, '')
  }
  return { text: `Resources:\n${own.map(resource).join('')}`, shapes: own }
}

/** How many templates there are: each shape alone, and pairs of them. */
const size = 300

export const corpus: readonly Sample[] = [
  ...shapes.map((shape) => sampleOf(shape)),
  ...Array.from({ length: size - shapes.length }, (_, n) => {
    const [one, other] = [shapes[(n * 7) % shapes.length], shapes[(n * 13 + 5) % shapes.length]]
    return one && other ? sampleOf(one, withoutAnchors(other)) : sampleOf()
  }),
]

/** An anchor may be there twice in one document; ours and theirs agree on it, but a pair is easier to read without. */
function withoutAnchors(shape: Shape): Shape {
  return { ...shape, written: shape.written.replaceAll(/([&*])([xyz])\b/g, '$1$2b') }
}

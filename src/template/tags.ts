import type { Node } from '../document/node.ts'

/** Functions that have a short form, `!Name` for `Fn::Name`. Source: CloudFormation template reference, intrinsic and rule functions. */
const functions = [
  'And',
  'Base64',
  'Cidr',
  'Contains',
  'EachMemberEquals',
  'EachMemberIn',
  'Equals',
  'FindInMap',
  'GetAZs',
  'GetAtt',
  'GetStackOutput',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'RefAll',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
  'ValueOf',
  'ValueOfAll',
] as const

/** The long form of every short one: `!Sub` → `Fn::Sub`. */
export const longForms: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...functions.map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
])

/** The tags that make text of what they stand on: those of CloudFormation, as any tag of YAML that says what a scalar is. */
export const textTags: ReadonlySet<string> = new Set(longForms.keys())

/** What an override can say of a value, beside giving it. Each has a long form for JSON: `{ "Towpath::Append": [ … ] }`. */
const marks = ['!Remove', '!Replace', '!Append', '!Prepend'] as const

export type Mark = (typeof marks)[number]

/** The tags that a template may hold. */
export const templateTags: ReadonlySet<string> = new Set([...longForms.keys(), ...marks])

export const longMarkPrefix = 'Towpath::'

/** The long forms of the marks, with the mark that each stands for. */
export const longMarks: ReadonlyMap<string, Mark> = new Map(marks.map((mark) => [longMarkPrefix + mark.slice(1), mark]))

/** The mark that an override put on a node. */
export function markOf(node: Node): Mark | undefined {
  return marks.find((mark) => mark === node.tag)
}

/** The node without its tag. */
export function bare({ tag: _, ...node }: Node): Node {
  return node
}

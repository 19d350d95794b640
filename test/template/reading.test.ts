import { describe, expect, test } from '@jest/globals'
import { whereIs } from '../../src/document/node.ts'
import { member } from '../../src/document/placed.ts'
import { mergeTemplate } from '../../src/template/merge/merge.ts'
import { aTemplate, dataOf, said } from './build.ts'

/** Forms that YAML 1.2 refuses and CloudFormation takes, as they stand in templates of AWS's samples. */
const farLeft: readonly (readonly [string, string, unknown])[] = [
  ['a closing brace left of its key', '    Properties: {\n      Name: abc\n  }\n', { Name: 'abc' }],
  ['a closing brace at the margin', '    Properties: {\n      Name: abc\n}\n', { Name: 'abc' }],
  ['a closing bracket', '    Properties:\n      Names: [\n        a,\n   b\n  ]\n', { Names: ['a', 'b'] }],
  ['brackets within brackets', '    Properties: {\n  Names: [\n a,\n{ b: c }\n]\n}\n', { Names: ['a', { b: 'c' }] }],
  ['a text in double quotes', '    Properties:\n      Name: "a\n  b"\n', { Name: 'a b' }],
  ['a text in single quotes', '    Properties:\n      Name: !Sub \'{\n  "a": "b"\n}\'\n', { Name: { 'Fn::Sub': '{ "a": "b" }' } }],
  ['an entry of a list', '    Properties:\n      Names:\n        - {\n  a: b\n  }\n        - c\n', { Names: [{ a: 'b' }, 'c'] }],
]

describe('a line that stands further left than YAML 1.2 wants', () => {
  test.each(farLeft)('%s is read, and what follows stands where it stands', (_, properties, expected) => {
    const text = `Resources:\n  A:\n    Type: T\n${properties}  Last: {Type: T}\n`
    const root = aTemplate(text)
    const resources = member(root, 'Resources')
    expect(dataOf(member(member(resources, 'A'), 'Properties'))).toEqual(expected)
    const last = member(resources, 'Last')
    expect(last && whereIs(last.place)).toMatchObject({ line: text.split('\n').findIndex((line) => line.includes('Last')) + 1, column: 9 })
  })
})

describe('one mistake is one problem', () => {
  const problemsOf = (text: string) => said(mergeTemplate({ platform: { text, file: 'cloudFormation/scaling.yml' } }).problems)

  test('a bracket that is not closed, with a count of what follows from it', () => {
    const resources = Array.from({ length: 50 }, (_, n) => `  A${n}:\n    Type: T\n    Properties:\n      Name: abc\n`).join('')
    const [only, ...others] = problemsOf(`Resources:\n  B:\n    Type: T\n    Names: [a, b]]\n    Value: "a\n${resources}`)
    expect(others).toEqual([])
    expect(only).toMatch(/^\d+: cannot be read: .* \(and \d+ more that follow from it\)$/)
    expect(only?.length).toBeLessThan(250)
  })

  test('what is wrong before it is told as well', () => {
    expect(problemsOf('Resources:\n  A: {Type: !Reff T}\n  B: [\n')).toEqual([
      "2: unknown tag '!Reff' (did you mean '!Ref'?)",
      expect.stringMatching(/^\d: cannot be read: /),
    ])
  })
})

describe('null', () => {
  const machine = (top: string, value: string) =>
    `${top}Resources:\n  A: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {ResultPath: ${value}}}}\n`
  const sam = 'Transform: AWS::Serverless-2016-10-31\n'
  const problemsOf = (platform: string, override?: string) =>
    said(
      mergeTemplate({
        platform: { text: platform, file: 'a.yml' },
        override: override === undefined ? undefined : { text: override, file: 'overrides/a.yml' },
      }).problems,
    )

  test('is a value below Properties under the SAM transform', () => {
    expect(problemsOf(machine(sam, 'null'))).toEqual([])
    expect(problemsOf(machine(sam, 'null'), 'Resources: {A: {Properties: {Definition: {InputPath: null}}}}')).toEqual([])
    expect(mergeTemplate({ platform: { text: machine(sam, 'null'), file: 'a.yml' } }).text).toContain('"ResultPath": null')
  })

  test('is none without it, and none beside Properties', () => {
    expect(problemsOf(machine('', 'null'))).toEqual(["2: 'ResultPath' has no value (null) (give it a value, or remove it)"])
    expect(problemsOf(machine('', 'a'), 'Resources: {A: {Properties: {Definition: {InputPath: null}}}}')).toEqual([
      "1: 'InputPath' has no value (null) (write !Remove to remove it, or give it a value)",
    ])
    expect(problemsOf(`${sam}Resources: {A: {Type: T, DependsOn: null}}`)).toEqual([
      "2: 'DependsOn' has no value (null) (give it a value, or remove it)",
    ])
  })
})

describe('what is documented is known', () => {
  const merged = (text: string) => {
    const { problems, unchecked, text: written } = mergeTemplate({ platform: { text, file: 'a.yml' } })
    return { problems: said(problems), unchecked, written }
  }

  test('!GetStackOutput', () => {
    const { problems, written } = merged('Resources: {A: {Type: T, Properties: {B: !GetStackOutput {StackName: s, OutputName: o}}}}')
    expect(problems).toEqual([])
    expect(written).toContain('"Fn::GetStackOutput"')
  })

  test('names of what a module brings are listed, not judged', () => {
    const { problems, unchecked } = merged(
      'Resources:\n  Store: {Type: Acme::S3::Store::MODULE}\n  A: {Type: T, DependsOn: StoreBucket, Properties: {B: !Ref Store.Bucket, C: !GetAtt StoreBucket.Arn, D: !Sub "${Store.Bucket}"}}\n',
    )
    expect(problems).toEqual([])
    expect(unchecked).toEqual([
      "a.yml:3: no resource 'StoreBucket' for DependsOn, unless module 'Store' brings it",
      "a.yml:3: no parameter or resource 'Store.Bucket' for Ref, unless module 'Store' brings it",
      "a.yml:3: no resource 'StoreBucket' for Fn::GetAtt, unless module 'Store' brings it",
    ])
  })

  test('a name that no module can bring is a problem beside one', () => {
    expect(merged('Resources: {Store: {Type: A::B::C::MODULE}, A: {Type: T, B: !Ref Other}}').problems).toEqual(
      ["1: no parameter or resource 'Other' for Ref"].map((one) => expect.stringContaining(one)),
    )
  })

  test("a loop's own variable is known within it, and not beyond", () => {
    const loop = (inside: string, beside = 'a') =>
      `Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Each:\n    - Name\n    - [A, B]\n    - "Q\${Name}": {Type: T, Properties: {B: ${inside}}}\n  R: {Type: T, Properties: {B: ${beside}}}\n`
    for (const inside of [
      '!Ref Name',
      '!Sub "${Name}"',
      '!Sub "${Name.Arn}"',
      '!GetAtt ["${Name}", Arn]',
      '{Fn::ForEach::In: [Two, [a], {"${Two}": !Sub "${Two}-${Name}"}]}',
    ])
      expect(merged(loop(inside))).toMatchObject({ problems: [], unchecked: [] })
    expect(merged(loop('a', '!Ref Name')).unchecked).toEqual([
      "a.yml:7: no parameter or resource 'Name' for Ref, unless 'Fn::ForEach::Each' makes it",
    ])
  })

  test('${1} in Fn::Sub is no name', () => {
    expect(merged('Resources: {A: {Type: T, B: !Sub "s/(a)/${1}/"}}').problems).toEqual([
      "1: no parameter or resource '1' for Fn::Sub (write '${!1}' to leave it as it is)",
    ])
  })
})

import { describe, expect, test } from '@jest/globals'
import { checkReferences } from '../../src/template/references.ts'
import { aTemplate, said, sealed } from './build.ts'

const sound = `
Parameters: {Environment: {Type: String}}
Mappings: {Sizes: {a: {b: 1}}}
Conditions:
  IsProduction: !Equals [!Ref Environment, production]
  Both: !And [!Condition IsProduction, {Condition: IsProduction}]
Rules: {Rule: {RuleCondition: !Equals [!Ref Environment, a], Assertions: [{Assert: {Condition: Both}}]}}
Resources:
  Queue: {Type: AWS::SQS::Queue, DependsOn: Topic, Condition: IsProduction}
  Topic:
    Type: AWS::SNS::Topic
    DependsOn: [Table]
    Properties:
      Name: !Sub "\${Environment}-\${AWS::StackName}-\${Queue.Arn}-\${!Literal}-\${Queue}"
      Other: !Sub ["\${Own}-\${Own.Dotted}-\${Environment}", {Own: 1, Own.Dotted: 2}]
      Size: !FindInMap [Sizes, !Ref AWS::Region, b]
      Any: !If [IsProduction, !Ref Queue, !Ref AWS::NoValue]
      Policy: {Condition: {StringEquals: {"aws:a": b}}, Step: {Condition: IsNoConditionHere}}
      Attribute: !GetAtt Queue.Arn
  Table: {Type: AWS::DynamoDB::Table}
Outputs:
  Url: {Condition: Both, Value: !GetAtt [Queue, Arn]}
Metadata: {Anything: {Ref: NotThere}}
`

/** The problems of the sound template with one piece of it exchanged. */
function withPiece(piece: string, other: string): string[] {
  expect(sound).toContain(piece)
  return said(checkReferences(sealed(aTemplate(sound.replace(piece, other)))).problems)
}

describe('references', () => {
  test('a template whose names are all there has no problem', () => {
    expect(checkReferences(sealed(aTemplate(sound)))).toEqual({ problems: [], unchecked: [] })
  })

  test.each([
    ['Ref in a resource', '!Ref Queue,', '!Ref Queu,', "17: no parameter or resource 'Queu' for Ref (did you mean 'Queue'?)"],
    [
      'Ref in a condition',
      '!Ref Environment, production',
      '!Ref Environmen, production',
      "5: no parameter or resource 'Environmen' for Ref (did you mean 'Environment'?)",
    ],
    [
      'Ref in a rule',
      '!Ref Environment, a]',
      '!Ref Environmen, a]',
      "7: no parameter or resource 'Environmen' for Ref (did you mean 'Environment'?)",
    ],
    [
      'Ref to a pseudo parameter',
      '!Ref AWS::Region',
      '!Ref AWS::Regoin',
      "16: no parameter or resource 'AWS::Regoin' for Ref (did you mean 'AWS::Region'?)",
    ],
    ['Fn::GetAtt with a dot', '!GetAtt Queue.Arn', '!GetAtt Queu.Arn', "19: no resource 'Queu' for Fn::GetAtt (did you mean 'Queue'?)"],
    [
      'Fn::GetAtt as a list, in an output',
      '!GetAtt [Queue',
      '!GetAtt [Queu',
      "22: no resource 'Queu' for Fn::GetAtt (did you mean 'Queue'?)",
    ],
    [
      'Fn::GetAtt of a parameter',
      '!GetAtt Queue.Arn',
      '!GetAtt Environment.Arn',
      "19: no resource 'Environment' for Fn::GetAtt ('Environment' is a parameter)",
    ],
    ['a variable of Fn::Sub', '${Queue}', '${Queu}', "14: no parameter or resource 'Queu' for Fn::Sub (did you mean 'Queue'?)"],
    ['an attribute in Fn::Sub', '${Queue.Arn}', '${Queu.Arn}', "14: no resource 'Queu' for Fn::Sub (did you mean 'Queue'?)"],
    [
      'a variable of Fn::Sub that is not in its own map',
      '${Own}',
      '${Environmen}',
      "15: no parameter or resource 'Environmen' for Fn::Sub (did you mean 'Environment'?)",
    ],
    [
      'a variable that was meant to stay',
      '${!Literal}',
      '${aws:username}',
      "14: no parameter or resource 'aws:username' for Fn::Sub (write '${!aws:username}' to leave it as it is)",
    ],
    [
      'a value in the map of Fn::Sub',
      '{Own: 1,',
      '{Own: !Ref Nope,',
      "15: no parameter or resource 'Nope' for Ref (there are 'Environment', 'Queue', 'Table', 'Topic')",
    ],
    ['DependsOn', 'DependsOn: Topic', 'DependsOn: Topi', "9: no resource 'Topi' for DependsOn (did you mean 'Topic'?)"],
    ['DependsOn in a list', '[Table]', '[Queue, Tabel]', "12: no resource 'Tabel' for DependsOn (did you mean 'Table'?)"],
    [
      'DependsOn on a parameter',
      'DependsOn: Topic',
      'DependsOn: Environment',
      "9: no resource 'Environment' for DependsOn ('Environment' is a parameter)",
    ],
    [
      'Condition of a resource',
      'Topic, Condition: IsProduction',
      'Topic, Condition: IsProductio',
      "9: no condition 'IsProductio' for Condition (did you mean 'IsProduction'?)",
    ],
    ['Condition of an output', 'Condition: Both,', 'Condition: Bot,', "22: no condition 'Bot' for Condition (did you mean 'Both'?)"],
    [
      'Condition in a condition',
      '!Condition IsProduction',
      '!Condition IsProductio',
      "6: no condition 'IsProductio' for Condition (did you mean 'IsProduction'?)",
    ],
    [
      'Condition in a rule',
      'Assert: {Condition: Both}',
      'Assert: {Condition: Bot}',
      "7: no condition 'Bot' for Condition (did you mean 'Both'?)",
    ],
    ['Fn::If', '!If [IsProduction', '!If [IsProductio', "17: no condition 'IsProductio' for Fn::If (did you mean 'IsProduction'?)"],
    ['Fn::FindInMap', '!FindInMap [Sizes', '!FindInMap [Size', "16: no mapping 'Size' for Fn::FindInMap (did you mean 'Sizes'?)"],
  ])('%s that points at nothing is a problem where it stands', (_, piece, other, problem) => {
    expect(withPiece(piece, other)).toEqual([problem])
  })

  test('names that are computed are not judged', () => {
    expect(withPiece('!FindInMap [Sizes', '!FindInMap [!Ref Environment')).toEqual([])
    expect(withPiece('!GetAtt Queue.Arn', '!GetAtt [!Ref Environment, Arn]')).toEqual([])
  })

  test('a variable in a long text is found in its line', () => {
    const text = 'Resources:\n  A:\n    Type: T\n    Script: !Sub |\n      one\n      two ${AWS::Region}\n      three ${Nope}\n'
    expect(said(checkReferences(aTemplate(text)).problems)[0]).toMatch(/^7: no parameter or resource 'Nope'/)
  })

  test('every wrong name is told once for each place', () => {
    const text = 'Resources: {A: {Type: T, B: !Ref X, C: !Ref X, D: !Sub "${Y}${Y}${Z}"}}'
    expect(checkReferences(aTemplate(text)).problems).toHaveLength(4)
  })

  test('names like those of a prototype are not there unless they are', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(checkReferences(aTemplate(`Resources: {A: {Type: T, B: !Ref ${name}}}`)).problems).toHaveLength(1)
    }
  })
})

describe('templates that a macro may change', () => {
  test.each([
    ['a transform', 'Transform: AWS::Serverless-2016-10-31\n', '', 'AWS::Serverless-2016-10-31'],
    ['one of several transforms', 'Transform: [AWS::LanguageExtensions, Mine]\n', '', 'Mine'],
    ['a transform with parameters', 'Transform: {Name: AWS::Include, Parameters: {Location: a}}\n', '', 'AWS::Include'],
    ['Fn::Transform anywhere', '', ', C: !Transform {Name: X}', 'Fn::Transform'],
    ['a loop', '', ', C: {"Fn::ForEach::Loop": [a, [b], {}]}', 'Fn::ForEach::Loop'],
  ])('%s: names that nothing has are listed, not judged', (_, top, more, macro) => {
    const { problems, unchecked } = checkReferences(aTemplate(`${top}Resources: {A: {Type: T, B: !Ref Made${more}}}`))
    expect(problems).toEqual([])
    expect(unchecked).toEqual([
      `cloudFormation/scaling.yml:${top === '' ? 1 : 2}: no parameter or resource 'Made' for Ref, unless '${macro}' makes it`,
    ])
  })

  test('the language extensions make nothing by themselves', () => {
    const { problems, unchecked } = checkReferences(
      aTemplate('Transform: AWS::LanguageExtensions\nResources: {A: {Type: T, B: !Ref Made}}'),
    )
    expect([problems.length, unchecked.length]).toEqual([1, 0])
  })

  test('a macro that is only talked about in the metadata is none', () => {
    const { problems } = checkReferences(aTemplate('Metadata: {A: {"Fn::Transform": {}}}\nResources: {A: {Type: T, B: !Ref Made}}'))
    expect(problems).toHaveLength(1)
  })
})

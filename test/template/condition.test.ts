import { describe, expect, test } from '@jest/globals'
import { evaluateCondition } from '../../src/template/condition.ts'
import { aTemplate } from './build.ts'

const pseudo = { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '000000000001' }

/** Whether a condition holds where Environment is production, Zones is a,b and Size is 3. */
function holds(written: string, more = ''): boolean | undefined {
  const root = aTemplate(`
Parameters:
  Environment: {Type: String}
  Size: {Type: Number}
  Zones: {Type: CommaDelimitedList}
  Unknown: {Type: String, Default: a}
  Stored: {Type: AWS::SSM::Parameter::Value<String>}
  Secret: {Type: String}
Mappings: {Regions: {eu-west-1: {stage: production, number: 3, list: [a]}}}
Conditions:
  Asked: ${written}
  Yes: !Equals [a, a]
  No: !Equals [a, b]
  Maybe: !Equals [!Ref Unknown, a]
${more}`)
  const parameters = { Environment: 'production', Size: '3', Zones: 'a, b', Stored: '/name', Secret: '{{resolve:ssm:a}}', Extra: 'a' }
  return evaluateCondition(root, 'Asked', parameters, pseudo)
}

describe('evaluateCondition', () => {
  test.each<[string, boolean]>([
    ['!Equals [!Ref Environment, production]', true],
    ['!Equals [!Ref Environment, staging]', false],
    ['!Equals [!Ref Size, 3]', true],
    ['!Equals ["true", true]', true],
    ['!Equals [!Ref AWS::Region, eu-west-1]', true],
    ['!Equals [!FindInMap [Regions, !Ref AWS::Region, stage], production]', true],
    ['!Equals [!FindInMap [Regions, eu-west-1, number], 3]', true],
    ['!Equals [!Sub "${AWS::Region}-${Environment}-${!x}", "eu-west-1-production-${x}"]', true],
    ['!Equals [!Sub ["${Own}", {Own: !Ref Size}], 3]', true],
    ['!Equals [!Join ["-", [!Ref Environment, !Ref Size]], production-3]', true],
    ['!Equals [!Join ["+", !Ref Zones], a+b]', true],
    ['!Condition Yes', true],
    ['!Condition No', false],
    ['!Not [!Condition Yes]', false],
    ['!And [!Condition Yes, !Condition Yes]', true],
    ['!And [!Condition Yes, !Condition No]', false],
    ['!Or [!Condition No, !Condition Yes]', true],
    ['!Or [!Condition No, !Condition No]', false],
    ['!And [!Condition Maybe, !Condition No]', false],
    ['!Or [!Condition Maybe, !Condition Yes]', true],
  ])('%s', (written, result) => {
    expect(holds(written)).toBe(result)
  })

  test.each([
    ['a parameter that is not given, whatever its default', '!Equals [!Ref Unknown, a]'],
    ['a parameter that the template has not', '!Equals [!Ref Extra, a]'],
    ['a parameter that is stored elsewhere', '!Equals [!Ref Stored, /name]'],
    ['a dynamic reference', '!Equals [!Ref Secret, "{{resolve:ssm:a}}"]'],
    ['a pseudo parameter that is not given', '!Equals [!Ref AWS::StackName, a]'],
    ['a name of the prototype', '!Equals [!Ref toString, a]'],
    ['a list', '!Equals [!Ref Zones, a]'],
    ['a mapping that is not there', '!Equals [!FindInMap [Regions, us-east-1, stage], a]'],
    ['a mapping to a list', '!Equals [!FindInMap [Regions, eu-west-1, list], a]'],
    ['a condition that is not there', '!Condition Nope'],
    ['a circle', '!Not [!Condition Asked]'],
    ['what may be either', '!And [!Condition Yes, !Condition Maybe]'],
    ['what may be either, denied', '!Not [!Condition Maybe]'],
    ['an import', '!Equals [!ImportValue a, a]'],
    ['a function there is not', '{"Fn::Xor": [!Condition Yes, !Condition No]}'],
    ['too many to compare', '!Equals [a, a, a]'],
    ['a plain map', '{a: 1, b: 2}'],
  ])('%s is not known', (_, written) => {
    expect(holds(written)).toBeUndefined()
  })

  test('a condition that many others name is looked at once', () => {
    const layers = Array.from({ length: 60 }, (_, n) => `  L${n}: !And [!Condition L${n + 1}, !Condition L${n + 1}]\n`).join('')
    expect(holds('!Condition L0', `${layers}  L60: !Condition Yes\n`)).toBe(true)
  })

  test('a chain without an end in sight is given up, not followed', () => {
    const chain = Array.from({ length: 5_000 }, (_, n) => `  C${n}: !Condition C${n + 1}\n`).join('')
    expect(holds('!Condition C0', `${chain}  C5000: !Condition Yes\n`)).toBeUndefined()
  })

  test('a condition that the template has not is not known', () => {
    expect(evaluateCondition(aTemplate('Resources: {}'), 'constructor', {}, {})).toBeUndefined()
  })
})

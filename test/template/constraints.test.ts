import { describe, expect, test } from '@jest/globals'
import { type GivenValue, unmet } from '../../src/template/constraints.ts'
import { parameters } from '../../src/template/facts.ts'
import { aTemplate } from './build.ts'

function reason(parameter: string, given: GivenValue): string | undefined {
  const fact = parameters(aTemplate(`Parameters: {P: {${parameter}}}\nResources: {A: {Type: T}}`)).get('P')
  return fact && unmet(fact.type, fact.constraints, given)
}

describe('a value that a parameter does not take', () => {
  test.each([
    ['Type: String, AllowedValues: [a, 2.0]', 'c', "is not one of the allowed values 'a', '2.0'"],
    ['Type: String, AllowedPattern: "[a-z]+"', 'ab1', "does not match the AllowedPattern '[a-z]+'"],
    ['Type: String, MinLength: 3', 'ab', 'is shorter than the MinLength 3'],
    ['Type: String, MaxLength: 1', 'ab', 'is longer than the MaxLength 1'],
    ['Type: Number', 'abc', 'is not a number'],
    ['Type: Number, MinValue: 128', '64', 'is less than the MinValue 128'],
    ['Type: Number, MaxValue: 0.5', '1', 'is more than the MaxValue 0.5'],
    ['Type: "List<Number>"', ['1', 'b'], "has the element 'b', which is not a number"],
    ['Type: CommaDelimitedList, AllowedValues: [a, b]', ['a', 'c'], "has the element 'c', which is not one of the allowed values 'a', 'b'"],
    [
      'Type: CommaDelimitedList',
      ['one, and a half', 'two'],
      "has an element with a comma, 'one, and a half', which CommaDelimitedList would split in two",
    ],
    ['Type: String', 'a'.repeat(4097), 'has 4097 bytes, and CloudFormation takes 4096'],
  ] as const)('%s: %j', (parameter, given, expected) => {
    expect(reason(parameter, given)).toBe(expected)
  })

  test.each([
    ['Type: String, AllowedValues: [a]', 'a'],
    ['Type: String, AllowedPattern: "[a-z]+"', 'ab'],
    ['Type: String, AllowedPattern: "(?<!x"', 'a pattern that our engine does not read judges nothing'],
    ['Type: String, MinLength: 3', '{{resolve:ssm:a}}'],
    ['Type: Number, AllowedValues: [1, 2]', '1.0'],
    ['Type: Number, MinValue: 128', '128'],
    ['Type: CommaDelimitedList', 'a,b'],
    ['Type: "AWS::SSM::Parameter::Value<String>", AllowedValues: [/a]', '/b'],
    ['Type: AWS::EC2::VPC::Id', 'vpc-1'],
  ] as const)('and one that it takes: %s: %j', (parameter, given) => {
    expect(reason(parameter, given)).toBeUndefined()
  })
})

import { describe, expect, test } from '@jest/globals'
import { changedReadings } from '../../../src/template/advice/readings.ts'
import { scalarAdvice } from '../../../src/template/advice/scalars.ts'
import { unusedParameters } from '../../../src/template/advice/unused.ts'
import { mergeTemplate } from '../../../src/template/merge/merge.ts'
import { aTemplate } from '../build.ts'

const inTopic = (value: string) => aTemplate(`Resources:\n  A:\n    Type: T\n    Properties:\n      B: ${value}\n`)

describe('values that nobody quoted', () => {
  test.each([
    ['yes', "'yes' is read as true, as CloudFormation does: write true, or quote it"],
    ['False', "'False' is read as false, as CloudFormation does: write false, or quote it"],
    ['0755', "'0755' is read as text because of its leading zero, and other programs may read a number: quote it"],
    ['22:22', "'22:22' is read as text because of its colons, and other programs may read a number: quote it"],
    ['1_000', "'1_000' is read as text because of its underscore, and other programs may read a number: quote it"],
    ['1e3', "'1e3' is read as text because of its exponent, and other programs may read a number: quote it"],
    ['+5', "'+5' is read as text because of its form, which JSON does not have, and other programs may read a number: quote it"],
    ['123456789012', "'123456789012' is read as a number: quote it if it is an id"],
    ['1234567890123456', "the number '1234567890123456' has 16 digits, and other programs may change it: quote it"],
  ])('%s is told, with its place', (written, message) => {
    expect(scalarAdvice(inTopic(written)).map(({ pointer, message }) => ({ pointer, message }))).toEqual([
      { pointer: '/Resources/A/Properties/B', message },
    ])
  })

  test.each(['true', '30', '2.0', '"yes"', '"0755"', "'012345678901'", 'y', '2012-10-17', '!Sub yes', '!Base64 30', '10.0.0.0'])(
    '%s is not',
    (written) => {
      expect(scalarAdvice(inTopic(written))).toEqual([])
    },
  )
})

describe('values that are read otherwise than before', () => {
  test.each([
    ['True', '"True"', 'true'],
    ['off', '"off"', 'false'],
    ['2.0', '"2.0"', '2.0'],
    ['12345678901234567890', '"12345678901234567890"', '12345678901234567890'],
    ['-0', '"-0"', '-0'],
    ['1e+21', '1e+21', '"1e+21"'],
    ['!Base64 30', '30', '"30"'],
    ['|\n        a', '"a\\n"', undefined],
  ])('%s', (written, before, after) => {
    const found = changedReadings(inTopic(written))
    // Only a block text at the very end, without a line feed, is another one.
    expect(found.map((one) => [one.before, one.after])).toEqual(after === undefined ? [] : [[before, after]])
  })

  test('a block text at the very end', () => {
    const root = aTemplate('Resources:\n  A:\n    Type: T\n    Properties:\n      B: |\n        a')
    expect(changedReadings(root)).toEqual([
      { pointer: '/Resources/A/Properties/B', file: 'cloudFormation/scaling.yml', line: 5, column: 10, before: '"a\\n"', after: '"a"' },
    ])
  })

  test.each(['true', '30', '1.5', '"2.0"', '0755', '1e3', 'y', '!GetAZs', '2012-10-17'])('%s is read as before', (written) => {
    expect(changedReadings(inTopic(written))).toEqual([])
  })

  test('each has the file and the line where it was written, of a merge too', () => {
    const { root } = mergeTemplate({
      platform: { text: 'Resources: {A: {Type: T, Properties: {B: 1.0}}}', file: 'a.yml' },
      override: { text: 'Resources:\n  A: {Properties: {C: on}}', file: 'overrides/a.yml' },
    })
    expect(changedReadings(root).map(({ file, line }) => `${file}:${line}`)).toEqual(['a.yml:1', 'overrides/a.yml:2'])
  })
})

test('a parameter that an override has made useless is told', () => {
  const { root, problems } = mergeTemplate({
    platform: {
      text: 'Parameters: {P: {Type: String}, Q: {Type: String}}\nResources: {A: {Type: T, Properties: {B: !Ref P, C: !Sub "${Q}"}}}',
      file: 'a.yml',
    },
    override: { text: 'Resources: {A: {Properties: {B: !Replace b}}}', file: 'overrides/a.yml' },
  })
  expect(problems).toEqual([])
  expect(unusedParameters(root).map(({ pointer, message }) => `${pointer} ${message}`)).toEqual([
    "/Parameters/P nothing in the template uses parameter 'P': its value has no effect",
  ])
})

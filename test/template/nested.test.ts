import { describe, expect, test } from '@jest/globals'
import { nested, replaceTemplateUrls } from '../../src/template/nested.ts'
import { writeTemplate } from '../../src/template/write.ts'
import { aTemplate, dataOf, sealed } from './build.ts'

const stack = (url: string) => `{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ${url}, Parameters: {a: 1}}}`

describe('nested', () => {
  test('finds the templates that are files beside this one', () => {
    const root = aTemplate(`Resources:\n  A: ${stack('nested/alarms.yml')}\n  B: ${stack('./b.json')}\n  C: ${stack('../c.yml')}\n`)
    expect([...nested(root)].map(([logicalId, { path }]) => [logicalId, path])).toEqual([
      ['A', 'nested/alarms.yml'],
      ['B', './b.json'],
      ['C', '../c.yml'],
    ])
  })

  test.each([
    'https://s3.eu-west-1.amazonaws.com/a/b.yml',
    's3://a/b',
    '/etc/passwd',
    'C:\\a.yml',
    '"{{resolve:ssm:a}}"',
    '!Sub a',
    '""',
    '3',
  ])('%s is none', (url) => expect(nested(aTemplate(`Resources: {A: ${stack(url)}}`)).size).toBe(0))

  test('a TemplateURL of anything but a nested stack is not looked at', () => {
    expect(nested(aTemplate('Resources: {A: {Type: Custom::A, Properties: {TemplateURL: a.yml}}}')).size).toBe(0)
  })
})

describe('replaceTemplateUrls', () => {
  const text = `Resources:\n  A: ${stack('a.yml')}\n  B: ${stack('b.yml')}\n  C: {Type: AWS::SQS::Queue}\n`

  test('puts in the URLs of the stacks that are named, and edits nothing', () => {
    const root = sealed(aTemplate(text))
    const replaced = replaceTemplateUrls(root, new Map([['B', 'https://b']]))
    expect(dataOf(replaced)).toEqual({
      Resources: {
        A: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'a.yml', Parameters: { a: 1 } } },
        B: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://b', Parameters: { a: 1 } } },
        C: { Type: 'AWS::SQS::Queue' },
      },
    })
    expect(writeTemplate(root)).toBe(writeTemplate(aTemplate(text)))
  })

  test('no URLs, or names of no nested stack, change no byte', () => {
    const root = sealed(aTemplate(text))
    for (const urls of [
      new Map(),
      new Map([
        ['C', 'x'],
        ['D', 'x'],
        ['__proto__', 'x'],
      ]),
    ]) {
      expect(writeTemplate(replaceTemplateUrls(root, urls))).toBe(writeTemplate(root))
    }
  })
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { digestOf } from '../../../src/digest.ts'
import { mergeTemplate, type TemplateParts } from '../../../src/template/merge/merge.ts'
import { origins } from '../../../src/template/write.ts'
import { templateText, value } from '../arbitrary.ts'
import { files } from '../build.ts'

type Texts = { readonly platform?: string; readonly override?: string; readonly addition?: string }

function merge(texts: Texts) {
  const part = (role: keyof Texts) => (texts[role] === undefined ? {} : { [role]: { text: texts[role], file: files[role] } })
  const parts: TemplateParts = { ...part('platform'), ...part('override'), ...part('addition') }
  return mergeTemplate(parts)
}

function shown(texts: Texts): string[] {
  return merge(texts).problems.map(({ file, line, message }) => `${file.replace('cloudFormation/', '')}:${line} ${message}`)
}

const platform = `Parameters: {Environment: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Environment, DelaySeconds: 3}}
  Topic: {Type: AWS::SNS::Topic}
Outputs: {Url: {Value: !Ref Queue}}
`

describe('mergeTemplate', () => {
  test('lays the override on, then adds the addition', () => {
    const { text, digest, problems, unchecked } = merge({
      platform,
      override: 'Resources: {Queue: {Properties: {DelaySeconds: 5}}, Topic: !Remove }',
      addition: 'Resources: {Topic: {Type: AWS::SNS::Topic, DependsOn: Queue}}\nOutputs: {Arn: {Value: !Ref Topic}}',
    })
    expect([problems, unchecked]).toEqual([[], []])
    expect(JSON.parse(text)).toEqual({
      Parameters: { Environment: { Type: 'String' } },
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Environment' }, DelaySeconds: 5 } },
        Topic: { Type: 'AWS::SNS::Topic', DependsOn: 'Queue' },
      },
      Outputs: { Url: { Value: { Ref: 'Queue' } }, Arn: { Value: { Ref: 'Topic' } } },
    })
    expect(digest).toBe(digestOf(text))
  })

  test('every value can be traced to the file and line it came from', () => {
    const { root } = merge({
      platform,
      override: 'Resources:\n  Queue:\n    Properties: {DelaySeconds: 5}',
      addition: 'Resources:\n  Other: {Type: AWS::SQS::Queue}',
    })
    const lineOf = (pointer: string) => origins(root).find((origin) => origin.pointer === pointer)
    expect(lineOf('/Resources/Queue/Properties/QueueName/Ref')).toMatchObject({ file: files.platform, line: 3 })
    expect(lineOf('/Resources/Queue/Properties/DelaySeconds')).toMatchObject({ file: files.override, line: 3 })
    expect(lineOf('/Resources/Other/Type')).toMatchObject({ file: files.addition, line: 2 })
  })

  test('an addition alone is a stack of its own', () => {
    const { text, problems } = merge({ addition: 'Resources: {A: {Type: T}}' })
    expect([problems, JSON.parse(text)]).toEqual([[], { Resources: { A: { Type: 'T' } } }])
  })

  test('an override and an addition may point at what the other brings', () => {
    const override = 'Resources: {Queue: {Properties: {QueueName: !GetAtt Name.Value}}}'
    expect(shown({ platform, override, addition: 'Resources: {Name: {Type: T, A: !Ref Queue}}' })).toEqual([])
  })

  test('an override that takes out what something needs is a problem where it is needed', () => {
    expect(shown({ platform, override: 'Resources: {Queue: !Remove }' })).toEqual([
      "scaling.yml:5 no parameter or resource 'Queue' for Ref",
    ])
  })

  test('an override that leaves a resource without a Type, or no map, is a problem', () => {
    expect(shown({ platform, override: 'Resources: {Topic: {Type: !Remove }}' })).toEqual(["scaling.yml:4 resource 'Topic' has no Type"])
    expect(shown({ platform, override: 'Resources: {Topic: text}' })).toEqual(["scaling.yml:4 resource 'Topic' is no map"])
  })

  test('a template without resources is none', () => {
    expect(shown({ platform: 'Parameters: {A: {Type: String}}' })).toEqual(['scaling.yml:1 the template has no resources'])
    expect(shown({ addition: '' })).toEqual(['additions/scaling.yml:1 the template has no resources'])
    expect(shown({ platform: 'Resources: {A: {Type: T}}', override: 'Resources: {A: !Remove }' })).toHaveLength(1)
    expect(shown({ platform: 'Transform: AWS::Include' })).toEqual([])
  })

  test('an override of no platform template is a problem', () => {
    expect(shown({ override: '{}', addition: 'Resources: {A: {Type: T}}' })).toEqual([
      'overrides/scaling.yml:1 an override without a platform template',
    ])
  })

  test('one mistake does not hide another: all files and all steps are told at once, file by file', () => {
    expect(
      shown({
        platform: 'Resources:\n  Queue: {Type: T, A: !Reff x}\n  Queue: {Type: T}\n  Topic: {Type: T, B: !Ref Nope}\n',
        override: 'Resources:\n  Queu: {A: !Ref Never}\n  Topic: {Type: U}\n  Queue: {A: ~}\n',
        addition: 'Resources:\n  Queue: {Type: V, A: !GetAtt Nowhere.Arn}\n  Other: {Type: V, DependsOn: Nothing}\n',
      }),
    ).toEqual([
      "scaling.yml:2 unknown tag '!Reff'",
      "scaling.yml:3 key 'Queue' stands twice in one map",
      "scaling.yml:4 no parameter or resource 'Nope' for Ref",
      "overrides/scaling.yml:2 no resource 'Queu' in platform template scaling.yml",
      "overrides/scaling.yml:2 no parameter or resource 'Never' for Ref",
      "overrides/scaling.yml:3 resource 'Topic' is 'T' in platform template scaling.yml, not 'U': use !Replace",
      "overrides/scaling.yml:4 'A' has no value (null)",
      "additions/scaling.yml:2 resource 'Queue' is there already, at cloudFormation/scaling.yml:2",
      "additions/scaling.yml:2 no resource 'Nowhere' for Fn::GetAtt",
      "additions/scaling.yml:3 no resource 'Nothing' for DependsOn",
    ])
  })

  test('a part that cannot be read keeps the others from being blamed for what it holds', () => {
    const override = 'Resources: {Queue: {Properties: {QueueName: !GetAtt Name.Value}}}'
    expect(shown({ platform, override, addition: 'Resources: {Name: "' })).toEqual([
      'additions/scaling.yml:1 cannot be read: missing closing "quote (and 1 more that follows from it)',
    ])
    expect(shown({ platform: 'Resources: [', override })).toHaveLength(1)
  })

  test('names that a macro may make are listed, and nothing is a problem', () => {
    const { problems, unchecked } = merge({ addition: 'Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: T, B: !Ref ARole}}' })
    expect(problems).toEqual([])
    expect(unchecked).toEqual([
      "cloudFormation/additions/scaling.yml:2: no parameter or resource 'ARole' for Ref, unless 'AWS::Serverless-2016-10-31' makes it",
    ])
  })

  test('the same texts give the same bytes, and nothing to change changes nothing', () => {
    fc.assert(
      fc.property(templateText, fc.constantFrom(undefined, '', '{}', '# none\n', '---\n'), (text, empty) => {
        const alone = merge({ platform: text })
        const same = merge({ platform: text, ...(empty === undefined ? {} : { override: empty, addition: empty }) })
        expect([same.text, same.digest, same.problems]).toEqual([alone.text, alone.digest, alone.problems])
      }),
    )
  })

  test('YAML and JSON of the same template give the same bytes', () => {
    const json = '{"Resources": {"A": {"Type": "T", "B": {"Fn::GetAtt": ["A", "B.C"]}, "C": {"Towpath": 1}}}}'
    expect(merge({ platform: 'Resources:\n  A:\n    Type: T\n    B: !GetAtt A.B.C\n    C: {Towpath: 1}\n' }).digest).toBe(
      merge({ platform: json }).digest,
    )
  })

  test('no text makes it throw', () => {
    const part = fc.oneof(
      fc.string(),
      value.map((one) => JSON.stringify({ Resources: one })),
      templateText,
      fc.constantFrom('[', 'a: *a', 'Resources: {A: !Remove }', 'Resources: !Append [1]', 'Transform: !Remove', '!Replace a'),
    )
    fc.assert(
      fc.property(part, part, part, (one, other, third) => {
        const { problems, text } = merge({ platform: one, override: other, addition: third })
        expect(problems.length > 0 || JSON.parse(text) !== null).toBe(true)
      }),
    )
  })
})

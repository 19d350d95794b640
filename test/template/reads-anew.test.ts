import { describe, expect, test } from '@jest/globals'
import { nodeFromJson } from '../../src/document/from-json.ts'
import type { MapNode } from '../../src/document/node.ts'
import { readsAnew } from '../../src/template/reads-anew.ts'

const of = (template: object) => readsAnew(nodeFromJson(JSON.stringify(template), 'template') as MapNode)
const withValue = (value: unknown) => ({ Resources: { Thing: { Type: 'AWS::SQS::Queue', Properties: { QueueName: value } } } })

describe('point 5: what CloudFormation reads anew at each update', () => {
  test.each<[boolean, string, object]>([
    [false, 'a plain template', withValue('x')],
    [false, 'a plain parameter', { Parameters: { P: { Type: 'String' } } }],
    [true, 'a parameter that names an SSM parameter', { Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>' } } }],
    [true, 'the name of one', { Parameters: { P: { Type: 'AWS::SSM::Parameter::Name' } } }],
    [true, 'an output of another stack', withValue({ 'Fn::GetStackOutput': { StackName: 'a', OutputName: 'b' } })],
    [true, 'an included template', { Transform: { Name: 'AWS::Include', Parameters: { Location: 's3://a/b' } } }],
    [true, 'an included part', withValue({ 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://a/b' } } })],
    [true, 'a macro', { Transform: ['AWS::LanguageExtensions', 'Acme'] }],
    [false, 'the language extensions', { Transform: 'AWS::LanguageExtensions' }],
    [false, 'SAM', { Transform: ['AWS::Serverless-2016-10-31'] }],
    [false, 'a key of that name in metadata', { Metadata: { 'Fn::Transform': {} } }],
  ])('%s: %s', (anew, _, template) => expect(of(template)).toBe(anew))
})

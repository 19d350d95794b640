import { expect, test } from '@jest/globals'
import { capabilities } from '../../src/template/capabilities.ts'
import { aTemplate } from './build.ts'

const queue = 'Resources: {A: {Type: AWS::SQS::Queue}}'
const of = (type: string, properties = '{}') => `Resources: {A: {Type: ${type}, Properties: ${properties}}}`

test.each<[string, string, string[]]>([
  ['nothing special', queue, []],
  ['a role', of('AWS::IAM::Role'), ['CAPABILITY_IAM']],
  ['a policy, whose name is no name of its own', of('AWS::IAM::Policy', '{PolicyName: a}'), ['CAPABILITY_IAM']],
  ['a role with a name', of('AWS::IAM::Role', '{RoleName: a}'), ['CAPABILITY_NAMED_IAM']],
  ['a role with a computed name', of('AWS::IAM::Role', '{RoleName: !Sub "${AWS::StackName}"}'), ['CAPABILITY_NAMED_IAM']],
  ['a user with a name', of('AWS::IAM::User', '{UserName: a}'), ['CAPABILITY_NAMED_IAM']],
  ['a group with a name', of('AWS::IAM::Group', '{GroupName: a}'), ['CAPABILITY_NAMED_IAM']],
  ['a managed policy with a name', of('AWS::IAM::ManagedPolicy', '{ManagedPolicyName: a}'), ['CAPABILITY_NAMED_IAM']],
  ['an instance profile with a name', of('AWS::IAM::InstanceProfile', '{InstanceProfileName: a}'), ['CAPABILITY_NAMED_IAM']],
  [
    'roles with and without names',
    'Resources: {A: {Type: AWS::IAM::Role}, B: {Type: AWS::IAM::Role, Properties: {RoleName: a}}}',
    ['CAPABILITY_NAMED_IAM'],
  ],
  ['the language extensions', `Transform: AWS::LanguageExtensions\n${queue}`, ['CAPABILITY_AUTO_EXPAND']],
  [
    'a macro, which may make anything',
    `Transform: AWS::Serverless-2016-10-31\n${queue}`,
    ['CAPABILITY_AUTO_EXPAND', 'CAPABILITY_NAMED_IAM'],
  ],
  ['a macro within', of('AWS::SQS::Queue', '!Transform {Name: A}'), ['CAPABILITY_AUTO_EXPAND', 'CAPABILITY_NAMED_IAM']],
  [
    'a nested stack, whose template is not here',
    of('AWS::CloudFormation::Stack', '{TemplateURL: a.yml}'),
    ['CAPABILITY_AUTO_EXPAND', 'CAPABILITY_NAMED_IAM'],
  ],
  ['a module, which may make anything', of('Acme::S3::Store::MODULE'), ['CAPABILITY_AUTO_EXPAND', 'CAPABILITY_NAMED_IAM']],
])('%s', (_, text, needed) => {
  expect(capabilities(aTemplate(text))).toEqual(needed)
})

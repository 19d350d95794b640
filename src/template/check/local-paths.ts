import { type MapNode, type Node, problemAt } from '../../document/node.ts'
import { entriesOf, member, stringOf } from '../../document/placed.ts'
import { quote } from '../../document/show.ts'
import type { Problem } from '../../errors.ts'
import { isRelative } from '../nested.ts'
import { sectionOf } from '../sections.ts'

/** Where `aws cloudformation package` looks for local files, by type. Source: AWS CLI user guide, cloudformation package. */
const packaged: ReadonlyMap<string, string> = new Map([
  ['AWS::Serverless::Function', 'CodeUri'],
  ['AWS::Serverless::LayerVersion', 'ContentUri'],
  ['AWS::Serverless::Api', 'DefinitionUri'],
  ['AWS::Serverless::HttpApi', 'DefinitionUri'],
  ['AWS::Serverless::StateMachine', 'DefinitionUri'],
  ['AWS::Serverless::Application', 'Location'],
  ['AWS::Lambda::Function', 'Code'],
  ['AWS::Lambda::LayerVersion', 'Content'],
  ['AWS::StepFunctions::StateMachine', 'DefinitionS3Location'],
])

/**
 * Paths on this machine that nothing puts into a bucket, so that CloudFormation would be sent the path itself: what only `package`
 * understands, and the templates of nested stacks within loops.
 */
export function localPathProblems(root: MapNode): Problem[] {
  const found: Problem[] = []
  for (const [id, { value }] of sectionOf(root, 'Resources')) {
    if (id.startsWith('Fn::ForEach::')) within(found, value, true)
    else ofResource(found, value, false)
  }
  includes(found, root)
  return found
}

/** The resources that a loop makes, however deep in loops. */
function within(found: Problem[], node: Node, inLoop: boolean): void {
  if (node.kind === 'list') for (const item of node.items) within(found, item, inLoop)
  for (const { value } of entriesOf(node).values()) {
    if (member(value, 'Type')) ofResource(found, value, inLoop)
    else within(found, value, inLoop)
  }
}

function ofResource(found: Problem[], resource: Node, inLoop: boolean): void {
  const type = member(resource, 'Type')
  const name = (type && stringOf(type)) ?? ''
  const nested = name === 'AWS::CloudFormation::Stack' && inLoop ? 'TemplateURL' : undefined
  const property = packaged.get(name) ?? nested
  if (property !== undefined) local(found, property, member(member(resource, 'Properties'), property))
}

function includes(found: Problem[], node: Node): void {
  if (node.kind === 'list') for (const item of node.items) includes(found, item)
  if (node.kind !== 'map') return
  const name = member(node, 'Name')
  if (name && stringOf(name) === 'AWS::Include') local(found, 'Location', member(member(node, 'Parameters'), 'Location'))
  for (const { value } of node.entries.values()) includes(found, value)
}

function local(found: Problem[], property: string, node: Node | undefined): void {
  const path = node && stringOf(node)
  if (!node || path === undefined || !isRelative(path)) return
  const message = `${property} ${quote(path)} is a path on this machine, and CloudFormation reads from S3 only`
  found.push(problemAt(node.place, message, hints[property] ?? 'write an s3:// URL'))
}

const hints: Readonly<Record<string, string>> = {
  TemplateURL: 'write a full https URL, or write the nested stacks out instead of the loop',
  Code: 'write { S3Bucket: …, S3Key: … }; for the artefact, parameters with the inputs artefact.bucket and artefact.key',
  CodeUri: 'write { Bucket: …, Key: … }; for the artefact, parameters with the inputs artefact.bucket and artefact.key',
}

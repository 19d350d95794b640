import type { Node } from '../document/node.ts'
import { itemsOf, member, named, placed, required, stringOf } from '../document/placed.ts'
import { parseReference, type Reference } from './reference.ts'
import type {
  ArtefactSettings,
  Inputs,
  Parameters,
  ParameterValue,
  PlaybookVariables,
  ServiceDescriptor,
  ServiceEnvironment,
  StackSettings,
  Tags,
} from './service.ts'

/*
 * From nodes to what they mean. Total, like document/placed.ts: what has another shape is left out or empty, since the schema has
 * said so. What is built of a document with problems is for further checks only.
 */

export function buildService(root: Node, file: string, text: string): ServiceDescriptor {
  const artefact = member(root, 'artefact')
  return {
    file,
    text,
    name: required(root, 'service'),
    owner: required(root, 'owner'),
    blueprint: required(root, 'blueprint'),
    platform: required(root, 'platform'),
    ...(artefact ? { artefact: artefactOf(artefact) } : {}),
    stacks: named(member(root, 'stacks'), settingsOf),
    environments: named(member(root, 'environments'), environmentOf),
    tags: tagsOf(member(root, 'tags')),
    variables: variablesOf(member(root, 'variables')),
  }
}

function variablesOf(node: Node | undefined): PlaybookVariables {
  return { inputs: inputsOf(member(node, 'inputs')), parameters: parametersOf(member(node, 'parameters')) }
}

function artefactOf(node: Node): ArtefactSettings {
  const build = placed(member(node, 'build'), stringOf)
  const exclude = itemsOf(member(node, 'exclude')).flatMap((item) => placed(item, stringOf) ?? [])
  return { path: required(node, 'path'), exclude, ...(build ? { build } : {}) }
}

function settingsOf(node: Node): StackSettings {
  const name = placed(member(node, 'name'), stringOf)
  return { inputs: inputsOf(member(node, 'inputs')), parameters: parametersOf(member(node, 'parameters')), ...(name ? { name } : {}) }
}

function environmentOf(node: Node): ServiceEnvironment {
  return { parameters: named(member(node, 'parameters'), parametersOf) }
}

export function tagsOf(node: Node | undefined): Tags {
  return named(node, stringOf)
}

export function inputsOf(node: Node | undefined): Inputs {
  return named(node, referenceOf)
}

export function parametersOf(node: Node | undefined): Parameters {
  return named(node, parameterValue)
}

export function referenceOf(node: Node): Reference | undefined {
  const text = stringOf(node)
  return text === undefined ? undefined : parseReference(text)
}

function parameterValue(node: Node): ParameterValue | undefined {
  switch (node.kind) {
    case 'scalar':
      return node.value ?? undefined
    case 'list':
      return node.items.flatMap((item) => (item.kind === 'scalar' ? (item.value ?? []) : []))
    case 'map':
      return member(node, 'keep') ? { keep: true } : undefined
  }
}

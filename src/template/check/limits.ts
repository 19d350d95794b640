import { type Entry, type MapNode, type Node, type Place, problemAt } from '../../document/node.ts'
import { entriesOf, member, stringOf } from '../../document/placed.ts'
import { quote } from '../../document/show.ts'
import type { Problem } from '../../errors.ts'
import { macrosOf } from '../macros.ts'
import { makesEntries, sectionOf } from '../sections.ts'

/** How many entries a section may have. Source: CloudFormation quotas. */
const mostEntries: ReadonlyMap<string, { readonly entries: string; readonly most: number }> = new Map([
  ['Parameters', { entries: 'parameters', most: 200 }],
  ['Mappings', { entries: 'mappings', most: 200 }],
  ['Resources', { entries: 'resources', most: 500 }],
  ['Outputs', { entries: 'outputs', most: 200 }],
])
/** Of one mapping. */
const mostAttributes = 200
/** Of a name, in characters. */
const longestName = 255
/** Of a template's description, in bytes. */
const longestDescription = 1_024
/** Of a template that is read by URL, in bytes. */
const mostBytes = 1_000_000

/**
 * What of a template is beyond CloudFormation's limits. `text` is what is sent of it. Names and numbers are those of the text: what a macro
 * makes of them is not known.
 */
export function limitProblems(root: MapNode, text: string): Problem[] {
  const bytes = Buffer.byteLength(text)
  const large = bytes > mostBytes ? [tooLarge(root, bytes)] : []
  return [
    ...large,
    ...descriptionProblems(member(root, 'Description')),
    ...[...mostEntries.keys()].flatMap((section) => sectionProblems(root, section)),
  ]
}

function tooLarge({ place }: MapNode, bytes: number): Problem {
  const message = `the template has ${bytes} bytes as it is sent, and CloudFormation takes ${mostBytes}`
  return problemAt(place, message, 'split the stack, or move parts of it into nested stacks')
}

function descriptionProblems(node: Node | undefined): Problem[] {
  const bytes = node ? Buffer.byteLength(stringOf(node) ?? '') : 0
  if (!node || bytes <= longestDescription) return []
  return [problemAt(node.place, `the description has ${bytes} bytes, and CloudFormation takes ${longestDescription}`, 'shorten it')]
}

function sectionProblems(root: MapNode, section: string): Problem[] {
  const { entries: kind = '', most = 0 } = mostEntries.get(section) ?? {}
  const named = [...sectionOf(root, section)].filter(([name]) => !makesEntries(name))
  const key = root.entries.get(section)?.key
  const tooMany =
    key && named.length > most
      ? [problemAt(key, `the template has ${named.length} ${kind}, and CloudFormation takes ${most}`, 'split the stack')]
      : []
  const isOwn = macrosOf(root).length === 0
  return [...tooMany, ...named.flatMap(([name, entry]) => (isOwn ? nameProblems(section, name, entry) : []))]
}

function nameProblems(section: string, name: string, { key, value }: Entry): Problem[] {
  const kind =
    { Parameters: 'parameter name', Mappings: 'mapping name', Resources: 'logical id', Outputs: 'output name' }[section] ?? 'name'
  const attributes = section === 'Mappings' ? mappingProblems(name, key, value) : []
  if (name.length > longestName)
    return [
      problemAt(key, `the ${kind} ${quote(name)} has ${name.length} characters, and CloudFormation takes ${longestName}`, 'shorten it'),
      ...attributes,
    ]
  if (/^[A-Za-z0-9]+$/.test(name)) return attributes
  const near = name.replaceAll(/[^A-Za-z0-9]/g, '')
  return [
    problemAt(key, `invalid ${kind} ${quote(name)}: only letters and digits are allowed`, near === '' ? undefined : `write ${quote(near)}`),
    ...attributes,
  ]
}

function mappingProblems(name: string, key: Place, value: Node): Problem[] {
  const keys = entriesOf(value).size
  if (keys <= mostAttributes) return []
  return [problemAt(key, `mapping ${quote(name)} has ${keys} keys, and CloudFormation takes ${mostAttributes}`, 'split the mapping')]
}

import { type Data, toData } from '../document/data.ts'
import type { Place } from '../document/node.ts'
import { entriesOf, member, stringOf } from '../document/placed.ts'
import { readDocument } from '../document/read.ts'
import type { Problem } from '../errors.ts'

/** One variable of a role, as `meta/argument_specs.yml` declares it. */
export interface Argument {
  readonly name: string
  /** Ansible's name of the type: `str` where none is written. */
  readonly type: string
  readonly elements: string | undefined
  readonly required: boolean
  readonly choices: readonly Data[] | undefined
  readonly place: Place
}

export interface ArgumentSpec {
  readonly arguments: ReadonlyMap<string, Argument>
  readonly problems: readonly Problem[]
}

/** Reads the main entry point of a role's argument specs. Source: Ansible, "Role argument validation". */
export function readArgumentSpec(text: Uint8Array, file: string): ArgumentSpec {
  const { root, problems } = readDocument(text, file)
  if (!root) return { arguments: new Map(), problems }
  const options = member(member(member(root, 'argument_specs'), 'main'), 'options')
  const found = [...entriesOf(options)].map(([name, { key, value }]): [string, Argument] => {
    const type = member(value, 'type')
    const elements = member(value, 'elements')
    const required = member(value, 'required')
    const choices = member(value, 'choices')
    return [
      name,
      {
        name,
        type: (type && stringOf(type)) ?? 'str',
        elements: elements && stringOf(elements),
        required: required?.kind === 'scalar' && required.value === true && member(value, 'default') === undefined,
        choices: choices?.kind === 'list' ? choices.items.map(toData) : undefined,
        place: key,
      },
    ]
  })
  return { arguments: new Map(found), problems: [] }
}

/** What a value of each type looks like in a descriptor. Ansible turns text into numbers and booleans where it can, and numbers into text. */
const fits: Readonly<Record<string, (value: Data) => boolean>> = {
  str: (value) => !isList(value),
  path: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
  float: (value) => typeof value !== 'boolean' && !isList(value) && String(value).trim() !== '' && Number.isFinite(Number(value)),
  bool: (value) => typeof value === 'boolean' || /^(?:yes|no|on|off|true|false|y|n|t|f|1|0|1\.0|0\.0)$/i.test(String(value)),
  list: isList,
  dict: () => false,
}

/** What is wrong with a value for an argument, as the end of a sentence; undefined if nothing is. */
export function valueFault(argument: Argument, value: Data): string | undefined {
  const suits = fits[argument.type]
  if (suits && !suits(value)) return `must be of type ${argument.type}`
  if (argument.type === 'list' && isList(value) && argument.elements !== undefined) {
    const inner = fits[argument.elements]
    if (inner && !value.every((item) => inner(item))) return `must be a list of ${argument.elements}`
  }
  const { choices } = argument
  if (choices === undefined) return undefined
  const allowed = choices.map(String)
  const given = isList(value) ? value.map(String) : [String(value)]
  return given.every((one) => allowed.includes(one)) ? undefined : `must be one of ${allowed.join(', ')}`
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value)
}

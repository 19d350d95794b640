import { services } from './data/services.js'
import type { TypeData } from './shape.ts'

const read = new Map<string, Promise<TypeData | undefined>>()

/**
 * What AWS publishes of a resource type, such as `AWS::SQS::Queue`; undefined for one that our data does not have: a private type, or one
 * that is newer. Each service's types are loaded when one of them is asked for first.
 */
export function resourceType(type: string): Promise<TypeData | undefined> {
  const known = read.get(type) ?? load(type)
  read.set(type, known)
  return known
}

async function load(type: string): Promise<TypeData | undefined> {
  const [vendor = '', service = ''] = type.split('::')
  const name = (vendor === 'AWS' ? service : `${vendor}-${service}`).toLowerCase()
  const files: Readonly<Record<string, () => Promise<{ readonly default: Readonly<Record<string, string>> }>>> = services
  const file = Object.hasOwn(files, name) ? await files[name]?.() : undefined
  const text = file && Object.hasOwn(file.default, type) ? file.default[type] : undefined
  // We wrote this text ourselves (scripts/resources.ts), and a test holds all of it against the shape.
  return text === undefined ? undefined : (JSON.parse(text) as TypeData)
}

/** The names of all types that our data has. */
export async function knownTypes(): Promise<readonly string[]> {
  const { default: names } = await import('./data/types.js')
  return names.split(' ')
}

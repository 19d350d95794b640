import { findDescriptor, readShape } from '../document/descriptor.ts'
import { inReadingOrder } from '../document/order.ts'
import { type Problem, refuse } from '../errors.ts'
import type { Files } from '../ports/files.ts'
import { buildService } from './build.ts'
import { checkService } from './check.ts'
import { hints } from './hints.ts'
import validate from './schema.compiled.js'
import type { Service, ServiceDescriptor } from './service.ts'
import { readTemplateFiles } from './templates.ts'
import { unsupportedInService } from './unsupported.ts'

export interface ParsedService<S extends ServiceDescriptor = ServiceDescriptor> {
  /** There if there is no problem. */
  readonly service?: S
  readonly problems: readonly Problem[]
  /** What is sound, and what this version cannot act on yet. */
  readonly unsupported: readonly Problem[]
}

/** Reads a descriptor's text; `file` is what messages call it. Every problem is found at once, and nothing in the text makes it throw. */
export function parseService(text: string | Uint8Array, file: string): ParsedService {
  const { root, text: written, problems: shape } = readShape(text, file, validate, hints)
  if (!root) return { problems: shape, unsupported: [] }
  const service = buildService(root, file, written)
  const problems = inReadingOrder([...shape, ...checkService(service)])
  return { problems, unsupported: unsupportedInService(root), ...(problems.length > 0 ? {} : { service }) }
}

/** Reads a service repository and tells all that is wrong with it. Only a missing descriptor is thrown. */
export async function inspectService(files: Files, folder: string): Promise<ParsedService<Service>> {
  const found = await findDescriptor(files, folder, 'service')
  const { overrides, additions, problems: others } = await readTemplateFiles(files, folder)
  const { service, problems: own, unsupported } = parseService(found.bytes, found.file)
  const problems = [...own, ...found.problems, ...others]
  if (!service || problems.length > 0) return { problems, unsupported }
  return { service: { ...service, overrides, additions }, problems, unsupported }
}

/** Reads a service repository, or refuses it with every problem there is, keys that are not supported yet included. */
export async function readService(files: Files, folder: string): Promise<Service> {
  const { service, problems, unsupported } = await inspectService(files, folder)
  const all = inReadingOrder([...problems, ...unsupported])
  if (!service || all.length > 0) throw refuse(`the service in ${folder}`, all)
  return service
}

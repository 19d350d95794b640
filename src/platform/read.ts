import { findDescriptor, readShape } from '../document/descriptor.ts'
import { inReadingOrder } from '../document/order.ts'
import { type Problem, refuse } from '../errors.ts'
import type { Files } from '../ports/files.ts'
import { hints } from '../service/hints.ts'
import { buildPlatform } from './build.ts'
import { checkPlatform } from './check.ts'
import type { Platform } from './platform.ts'
import validate from './schema.compiled.js'
import { unsupportedInPlatform } from './unsupported.ts'

export interface ParsedPlatform {
  /** There if there is no problem. */
  readonly platform?: Platform
  readonly problems: readonly Problem[]
  /** What is sound, and what this version cannot act on yet, whoever uses it. */
  readonly unsupported: readonly Problem[]
}

/** Reads a descriptor's text; `file` is what messages call it. Every problem is found at once, and nothing in the text makes it throw. */
export function parsePlatform(text: string | Uint8Array, file: string): ParsedPlatform {
  const { root, text: written, problems: shape } = readShape(text, file, validate, hints)
  if (!root) return { problems: shape, unsupported: [] }
  const platform = buildPlatform(root, file, written)
  const problems = inReadingOrder([...shape, ...checkPlatform(platform)])
  return { problems, unsupported: unsupportedInPlatform(root), ...(problems.length > 0 ? {} : { platform }) }
}

/** Reads a platform repository's descriptor and tells all that is wrong with it. Only a missing one is thrown. */
export async function inspectPlatform(files: Files, folder: string): Promise<ParsedPlatform> {
  const found = await findDescriptor(files, folder, 'platform')
  const { platform, problems: own, unsupported } = parsePlatform(found.bytes, found.file)
  const problems = [...own, ...found.problems]
  return { problems, unsupported, ...(platform && problems.length === 0 ? { platform } : {}) }
}

/** Reads a platform repository's descriptor, or refuses it with every problem there is, keys that are not supported yet included. */
export async function readPlatform(files: Files, folder: string): Promise<Platform> {
  const { platform, problems, unsupported } = await inspectPlatform(files, folder)
  const all = inReadingOrder([...problems, ...unsupported])
  if (!platform || all.length > 0) throw refuse(`the platform in ${folder}`, all)
  return platform
}

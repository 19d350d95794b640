import { basename, join } from 'node:path'
import { type Problem, TowpathError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Files } from '../ports/files.ts'
import { type Node, problemAt } from './node.ts'
import { DESCRIPTOR_BYTES, plainFileAt } from './plain-file.ts'
import { readDocument } from './read.ts'
import type { Hints, Validator } from './schema.ts'
import { quote, showPath } from './show.ts'
import { schemaProblems } from './validate.ts'

/** The two descriptors, by the name of their files without its ending. */
export type DescriptorKind = 'service' | 'platform'

export interface Found {
  /** The path as it is shown: the folder's, and the file's name. */
  readonly file: string
  readonly bytes: Uint8Array
  readonly problems: readonly Problem[]
}

const endings = ['.yml', '.yaml'] as const

/** Reads `service.yml` or `platform.yml` (`.yaml` will do) in a folder. Neither is an error that says where it was looked for. */
export async function findDescriptor(files: Files, folder: string, kind: DescriptorKind): Promise<Found> {
  const found: Found[] = []
  for (const ending of endings) {
    const file = join(folder, `${kind}${ending}`)
    const bytes = (await files.facts(file)) && (await readPlain(files, folder, file))
    if (bytes) found.push({ file, bytes, problems: [] })
  }
  const [first, second] = found
  if (!first) throw await notThere(files, folder, kind)
  if (!second) return first
  const message = `${kind}.yml and ${kind}.yaml are both there`
  return { ...first, problems: [{ file: second.file, line: 1, column: 1, message, hint: 'remove one of them' }] }
}

/** Reads a descriptor, by the one rule on files. Nothing of a file that breaks it is read, so that no message can quote it. */
async function readPlain(files: Files, folder: string, file: string): Promise<Uint8Array | undefined> {
  const judged = await plainFileAt(files, (await files.resolve(folder)) ?? folder, file)
  if (typeof judged === 'string')
    throw new TowpathError('bad-input', `${basename(file)} ${judged}`, { at: { file }, hint: 'put the file itself in its place' })
  return files.read(judged.path, DESCRIPTOR_BYTES)
}

/** Which of the two descriptors a folder has. */
export async function descriptorKind(files: Files, folder: string): Promise<DescriptorKind> {
  const names = new Set((await files.list(folder))?.map(({ name }) => name))
  const has = (kind: DescriptorKind) => endings.some((ending) => names.has(kind + ending))
  if (has('service') && has('platform')) {
    const hint = 'a repository is one of them: move one to a folder of its own'
    throw new TowpathError('bad-input', `both a service.yml and a platform.yml in ${folder}`, { hint })
  }
  if (has('service')) return 'service'
  if (has('platform')) return 'platform'
  throw await notThere(files, folder, 'service', 'service.yml or platform.yml')
}

async function notThere(files: Files, folder: string, kind: DescriptorKind, wanted = `${kind}.yml`): Promise<TowpathError> {
  const entries = await files.list(folder)
  if (!entries) return new TowpathError('bad-input', `no folder ${folder}`, { hint: 'name the repository with --path' })
  const names = entries.map(({ name }) => name)
  const other = kind === 'service' ? 'platform' : 'service'
  const near = nearest(`${kind}.yml`, names)
  const hint = names.some((name) => endings.some((ending) => name === other + ending))
    ? `it holds a ${other}.yml: name a ${kind} repository with --path`
    : near === undefined
      ? 'write one, or name the folder that has it with --path'
      : `did you mean '${near}'? it must be called ${kind}.yml`
  return new TowpathError('bad-input', `no ${wanted} in ${folder}`, { hint })
}

export interface Shaped {
  /** Undefined if the text is no YAML, or empty. */
  readonly root: Node | undefined
  readonly text: string
  readonly problems: readonly Problem[]
}

/** Reads a descriptor's text and holds it against its schema. Nothing in the text makes it throw. */
export function readShape(text: string | Uint8Array, file: string, validate: Validator, hints: Hints = {}): Shaped {
  const { root, problems } = readDocument(text, file, {})
  // Descriptors are stored as they were written: a byte order mark stays. What is no UTF-8 is among the problems.
  const written = typeof text === 'string' ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(text)
  if (problems.length > 0 || (root && !isNothing(root))) {
    return { root, text: written, problems: [...problems, ...(root ? shapeProblems(root, validate, hints) : [])] }
  }
  const [wanted] = validate(null) ? [] : (validate.errors ?? [])
  const hint = String(wanted?.parentSchema?.errorMessage ?? 'write it')
  return { root: undefined, text: written, problems: [{ file, line: 1, column: 1, message: 'the file is empty', hint }] }
}

/** A value that can be read in two ways is one problem, whatever the schema says of one of them. */
function shapeProblems(root: Node, validate: Validator, hints: Hints): Problem[] {
  const ambiguous = ambiguousValues(root)
  const at = new Set(ambiguous.map(({ line, column }) => `${line}:${column}`))
  const others = schemaProblems(root, validate, hints).filter(({ line, column }) => !at.has(`${line}:${column}`))
  return [...ambiguous, ...others].sort((a, b) => a.line - b.line || a.column - b.column)
}

function isNothing(root: Node): boolean {
  return root.kind === 'scalar' && root.value === null
}

/**
 * Values of a descriptor that YAML 1.1 reads as true or false, and YAML 1.2 as text: `yes`, `Off`. Neither reading is guessed, since a
 * parameter that is live would change with it.
 */
function ambiguousValues(node: Node, path: readonly (string | number)[] = []): Problem[] {
  if (node.kind === 'list') return node.items.flatMap((item, index) => ambiguousValues(item, [...path, index]))
  if (node.kind === 'map') return [...node.entries].flatMap(([key, { value }]) => ambiguousValues(value, [...path, key]))
  if (typeof node.value !== 'string' || node.written === undefined) return []
  const meant = /^(yes|on)$/i.test(node.written)
  const message = `${showPath(path)}: ${quote(node.written)} without quotes can mean ${meant} or a text`
  return [problemAt(node.place, message, `write ${meant}, or quote it: "${node.written}"`)]
}

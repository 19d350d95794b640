import { extname, join } from 'node:path'
import { linkOnTheWay, plainFileAt, TEMPLATE_BYTES } from '../document/plain-file.ts'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { FileEntry, Files } from '../ports/files.ts'
import type { TemplateFile } from './service.ts'

export interface TemplateFiles {
  readonly overrides: readonly TemplateFile[]
  readonly additions: readonly TemplateFile[]
  readonly problems: readonly Problem[]
}

const folders = ['overrides', 'additions'] as const
const endings: ReadonlySet<string> = new Set(['.yml', '.yaml', '.json', '.template'])

/** Reads what a service changes in the platform's templates. What is in these folders and would have no effect is a problem. */
export async function readTemplateFiles(files: Files, folder: string): Promise<TemplateFiles> {
  const home = join(folder, 'cloudFormation')
  const [first] = (await Promise.all(folders.map((name) => linkOnTheWay(files, folder, join(home, name))))).filter(
    (link) => link !== undefined,
  )
  if (first !== undefined)
    return {
      overrides: [],
      additions: [],
      problems: [problem(first, 'a link is no folder of templates', 'put the folder itself in its place')],
    }
  const root = (await files.resolve(folder)) ?? folder
  const strangers = (await entriesIn(files, home)).filter(({ name }) => !folders.some((known) => known === name))
  const [overrides, additions] = await Promise.all(folders.map((name) => readFolder(files, root, join(home, name))))
  return {
    overrides: overrides?.templates ?? [],
    additions: additions?.templates ?? [],
    problems: [...strangers.map((entry) => misplaced(home, entry)), ...(overrides?.problems ?? []), ...(additions?.problems ?? [])],
  }
}

/** The entries that count, by name: dotfiles and a README.md are the user's own. */
async function entriesIn(files: Files, folder: string): Promise<readonly FileEntry[]> {
  const entries = (await files.list(folder)) ?? []
  return entries.filter(({ name }) => !name.startsWith('.') && name !== 'README.md').toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function readFolder(files: Files, root: string, folder: string): Promise<{ templates: TemplateFile[]; problems: Problem[] }> {
  const templates = new Map<string, TemplateFile>()
  const problems: Problem[] = []
  for (const { name: entry, kind } of await entriesIn(files, folder)) {
    const ending = extname(entry)
    const file = join(folder, entry)
    const name = entry.slice(0, entry.length - ending.length)
    const twin = templates.get(name)
    if (kind !== 'file') problems.push(problem(file, `a ${kind} is not a template`, 'put the template itself into this folder'))
    else if (!endings.has(ending)) problems.push(problem(file, 'not a template', 'templates end in .yml, .yaml, .json or .template'))
    else if (twin) problems.push(problem(file, `'${name}' is there twice: ${twin.file} has the same name`, 'join the two in one file'))
    else {
      const judged = await plainFileAt(files, root, file)
      const fault = typeof judged === 'string' ? judged : judged.bytes > TEMPLATE_BYTES ? tooLarge(judged.bytes) : undefined
      const text = fault === undefined ? decode(await files.read(file, TEMPLATE_BYTES)) : undefined
      if (fault !== undefined)
        problems.push(problem(file, `the template ${fault}`, 'put the template itself into this folder, or make it smaller'))
      else if (text === undefined) problems.push(problem(file, 'not UTF-8', 'save it as UTF-8'))
      else templates.set(name, { name, file, text })
    }
  }
  return { templates: [...templates.values()], problems }
}

function tooLarge(bytes: number): string {
  return `has ${bytes} bytes, and at most ${TEMPLATE_BYTES} are read: CloudFormation takes no more`
}

/** The text, with its byte order mark if it has one, so that it encodes to the same bytes. */
function decode(bytes: Uint8Array | undefined): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function misplaced(home: string, { name, kind }: FileEntry): Problem {
  const near = kind === 'folder' ? nearest(name, folders) : undefined
  const hint = near === undefined ? 'templates are read from overrides/ and additions/' : `did you mean '${near}'?`
  return problem(join(home, name), `the ${kind} '${name}' has no effect here`, hint)
}

function problem(file: string, message: string, hint: string): Problem {
  return { file, line: 1, column: 1, message, hint }
}

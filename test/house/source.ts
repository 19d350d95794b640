import { dirname, join } from 'node:path/posix'
import { parseSync } from 'rolldown/utils'

/** What the walls ask of one file of `src`. */
export interface Source {
  /** Relative to `src`, such as `stack/state.ts`. */
  readonly path: string
  readonly lines: number
  /** True if the first line says `Port:`. */
  readonly isPort: boolean
  /** The files of ours that it imports or re-exports, static, dynamic or type-only, relative to `src`. */
  readonly files: readonly string[]
  /** The modules of Node's that it imports, such as `node:fs`. */
  readonly node: readonly string[]
  /** The packages that it imports, by their names; `?` is a dynamic import whose target is computed. */
  readonly packages: readonly string[]
  /** What it uses of the machine without an import: `process`, `fetch`, `Date.now`, `new Date()`. */
  readonly globals: readonly string[]
}

/** True for every kind of file that Node or the build would run, so that none escapes the walls by its ending. */
export function isModule(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path)
}

/** The globals through which a program reaches time, chance, the network or its process; some lead to each of the others. */
const reaching = new Set(
  `fetch process globalThis global require eval Function WebAssembly crypto performance navigator console WebSocket EventSource
   XMLHttpRequest BroadcastChannel MessageChannel Atomics Intl setTimeout setInterval setImmediate`.split(/\s+/),
)

/** Nodes in which a name stands for a type. Others of TypeScript's, such as `Date as never`, hold a value. */
const types = /^TS(TypeReference|TypeQuery|QualifiedName|TypeParameter|InterfaceHeritage|ClassImplements)$/

/** Globals of which only these members may be used: the others read a clock, set a timer or throw dice. */
const harmless: Readonly<Record<string, RegExp>> = {
  Date: /^(parse|UTC)$/,
  Math: /^(?!random$)/,
  AbortSignal: /^(any|abort)$/,
}

export function sourceOf(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text)
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  const targets = new Set<string>()
  const globals = new Set<string>()
  walk(program, (node, parent, key) => {
    const target = targetOf(node)
    if (target !== undefined) targets.add(target)
    const used = globalOf(node, parent, key)
    if (used !== undefined) globals.add(used)
  })
  const { files = [], node = [], packages = [] } = Object.groupBy(targets, kindOf)
  const lines = text.split('\n')
  return {
    path,
    lines: lines.length - 1,
    isPort: /^(?:\/\*\*|\/\/) Port: /.test(lines[0] ?? ''),
    files: files.map((target) => join(dirname(path), target)),
    node,
    packages: packages.map(packageOf),
    globals: [...globals],
  }
}

/** A node of ESTree, as far as anybody knows. */
type Node = Readonly<Record<string, unknown>> & { readonly type: string }

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

type Visit = (node: Node, parent: Node | undefined, key: string) => void

function walk(value: unknown, visit: Visit, parent?: Node, key = ''): void {
  if (Array.isArray(value)) for (const child of value) walk(child, visit, parent, key)
  if (!isNode(value)) return
  visit(value, parent, key)
  for (const [name, child] of Object.entries(value)) walk(child, visit, value, name)
}

/** What a node imports, as it is written; undefined if it imports nothing. */
function targetOf({ type, source, expression, id }: Node): string | undefined {
  if (/^(Import|ExportNamed|ExportAll)Declaration$|^ImportExpression$|^TSImportType$/.test(type) && isNode(source)) return textOf(source)
  if (type === 'TSExternalModuleReference' && isNode(expression)) return textOf(expression)
  // `declare module '../hosts/a.ts'` adds to the types of another file.
  return type === 'TSModuleDeclaration' && isNode(id) && id.type === 'Literal' ? textOf(id) : undefined
}

function textOf({ value }: Node): string {
  return typeof value === 'string' ? value : '?'
}

function kindOf(target: string): 'files' | 'node' | 'packages' {
  if (target.startsWith('node:')) return 'node'
  return target.startsWith('.') && !target.includes('/node_modules/') ? 'files' : 'packages'
}

/** `@smithy/core` for `@smithy/core/cbor`, and for a path to a file of it. */
function packageOf(target: string): string {
  const [, inside = target] = /\/node_modules\/(.*)$/.exec(target) ?? []
  return inside
    .split('/')
    .slice(0, inside.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The use of a global that reaches the machine. A variable of ours that has its name counts too: nobody could tell them apart. */
function globalOf(node: Node, parent: Node | undefined, key: string): string | undefined {
  const { type, name } = node
  if (type === 'MetaProperty' && isNode(node.meta) && node.meta.name === 'import') return 'import.meta'
  if (type !== 'Identifier' || typeof name !== 'string' || isName(parent, key)) return undefined
  // Imports whatever it is asked for, past every list of modules.
  if (name === 'process' && isNode(parent?.property) && parent.property.name === 'getBuiltinModule') return 'process.getBuiltinModule'
  if (reaching.has(name)) return name
  const members = harmless[name]
  if (members === undefined || !Object.hasOwn(harmless, name) || types.test(parent?.type ?? '')) return undefined
  if (parent?.type === 'MemberExpression' && key === 'object' && parent.computed === false && isNode(parent.property)) {
    const member = String(parent.property.name)
    return members.test(member) ? undefined : `${name}.${member}`
  }
  if (name !== 'Date') return name
  if (parent?.type === 'BinaryExpression' && parent.operator === 'instanceof') return undefined
  if (parent?.type === 'NewExpression' && key === 'callee') {
    const [first] = Array.isArray(parent.arguments) ? parent.arguments : []
    return isNode(first) && first.type !== 'SpreadElement' ? undefined : 'new Date()'
  }
  return 'Date'
}

/** True for an identifier that only names a member or what is imported, and refers to nothing by itself. */
function isName(parent: Node | undefined, key: string): boolean {
  if (parent === undefined) return false
  if (/^(ImportSpecifier|ExportSpecifier)$/.test(parent.type)) return key !== 'local'
  if (key === 'property') return parent.type === 'MemberExpression' && parent.computed === false
  return key === 'key' && parent.computed === false
}

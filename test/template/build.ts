import { toData } from '../../src/document/data.ts'
import type { Entry, MapNode, Node } from '../../src/document/node.ts'
import type { Problem } from '../../src/errors.ts'
import { type Role, readTemplate } from '../../src/template/read.ts'

export const files: Readonly<Record<Role, string>> = {
  platform: 'cloudFormation/scaling.yml',
  override: 'cloudFormation/overrides/scaling.yml',
  addition: 'cloudFormation/additions/scaling.yml',
}

/** The tree of a template that has no problems. */
export function aTemplate(text: string, role: Role = 'platform'): MapNode {
  const { root, problems } = readTemplate(text, files[role], role)
  if (!root || problems.length > 0) throw new Error(`the test's template is wrong: ${said(problems).join('; ')}`)
  return root
}

/** Problems as tests compare them: line, message and hint. */
export function said(problems: readonly Problem[]): string[] {
  return problems.map(({ line, message, hint }) => `${line}: ${message}${hint === undefined ? '' : ` (${hint})`}`)
}

/** The content of a tree as plain data. */
export function dataOf(node: Node | undefined): unknown {
  return node && JSON.parse(JSON.stringify(toData(node)))
}

/** A copy of a tree that throws when anything in it is changed. */
export function sealed<N extends Node>(node: N): N {
  return Object.freeze(inner(node)) as N
}

function inner(node: Node): Node {
  if (node.kind === 'scalar') return { ...node }
  if (node.kind === 'list') return { ...node, items: Object.freeze(node.items.map(sealed)) }
  const entries = [...node.entries].map(([name, { key, value }]): [string, Entry] => [name, Object.freeze({ key, value: sealed(value) })])
  return { ...node, entries: new SealedMap(entries) }
}

class SealedMap<K, V> extends Map<K, V> {
  readonly #sealed: boolean
  constructor(entries: readonly (readonly [K, V])[]) {
    super(entries)
    this.#sealed = true
  }
  override set(key: K, value: V): this {
    // The constructor of Map calls this before the field is there.
    if (#sealed in this && this.#sealed) throw new Error(`an input was changed: ${String(key)} was set`)
    return super.set(key, value)
  }
  override delete(key: K): boolean {
    throw new Error(`an input was changed: ${String(key)} was deleted`)
  }
  override clear(): void {
    throw new Error('an input was changed: a map was cleared')
  }
}

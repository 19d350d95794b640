import { suggesting } from '../document/hint.ts'
import { type MapNode, problemAt } from '../document/node.ts'
import { readDocument } from '../document/read.ts'
import type { Problem } from '../errors.ts'
import { inOneForm } from './forms.ts'
import { inOrder } from './problems.ts'
import { shapeProblems } from './shape.ts'
import { markOf, templateTags, textTags } from './tags.ts'

/** What a file is to the merge: only an override is partial and may hold marks such as `!Remove`. */
export type Role = 'platform' | 'override' | 'addition'

export interface TemplateRead {
  /** Undefined if the file is empty or cannot be read as a map. There, as far as it is sound, even if it has problems. */
  readonly root: MapNode | undefined
  readonly problems: readonly Problem[]
  /** Values that only a template with the SAM transform may have: whether this part of one is such a template, the whole tells. */
  readonly nulls: readonly Problem[]
}

/**
 * Reads a CloudFormation template, YAML or JSON. The tree holds every function in its long form, and the marks of an override as tags.
 * An empty override or addition says nothing; an empty platform template is a problem.
 */
export function readTemplate(text: string | Uint8Array, file: string, role: Role): TemplateRead {
  const { root: document, problems: found } = readDocument(text, file, { dialect: 'template', tags: templateTags, textTags })
  if (!document) {
    if (found.length > 0 || role !== 'platform') return { root: undefined, problems: found, nulls: [] }
    return {
      root: undefined,
      problems: [{ file, line: 1, column: 1, message: 'the template is empty', hint: 'give it Resources' }],
      nulls: [],
    }
  }
  const problems = [...found]
  const suggest = suggesting()
  const nulls: Problem[] = []
  const root = inOneForm({ takesMarks: role === 'override', problems, nulls, suggest }, document)
  const mark = markOf(root)
  if (root.kind !== 'map' || mark) {
    const message = mark ? `${mark} on a whole template` : `a template is a map of sections, not a ${root.kind}`
    const hint = mark ? 'put it on a value in the template' : "write its sections, such as 'Resources'"
    return { root: undefined, problems: inOrder([...problems, problemAt(root.place, message, hint)]), nulls }
  }
  return { root, problems: inOrder([...problems, ...shapeProblems(root, role === 'override', suggest)]), nulls }
}

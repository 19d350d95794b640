import { type Digest, digestOf } from '../digest.ts'
import { suggesting } from '../document/hint.ts'
import type { MapNode } from '../document/node.ts'
import { sourceOf } from '../document/source.ts'
import type { Problem } from '../errors.ts'
import { applyAddition } from './add.ts'
import { macrosOf } from './macros.ts'
import { applyOverride } from './override.ts'
import { inOrder } from './problems.ts'
import { type Role, readTemplate } from './read.ts'
import { checkReferences, type References } from './references.ts'
import { sectionOf } from './sections.ts'
import { shapeProblems } from './shape.ts'
import { writeTemplate } from './write.ts'

export interface TemplateFile {
  readonly text: string | Uint8Array
  /** As messages name it. */
  readonly file: string
}

/** What one stack's template is made of: a platform template and the service's changes to it, or, without one, an addition alone. */
export interface TemplateParts {
  readonly platform?: TemplateFile | undefined
  readonly override?: TemplateFile | undefined
  readonly addition?: TemplateFile | undefined
}

export interface MergedTemplate {
  /** The merged tree, as far as it is sound if there are problems. */
  readonly root: MapNode
  /** What is sent to CloudFormation, and its digest. To be used only if there are no problems. */
  readonly text: string
  readonly digest: Digest
  /** All that is wrong: platform, override, addition, each down its text. */
  readonly problems: readonly Problem[]
  /** References that a macro may make right, in words. */
  readonly unchecked: readonly string[]
}

/**
 * Merges the template of one stack and checks the result. Pure: the same texts give the same bytes. The override is laid on before the
 * addition comes in, so an addition may take a name that the override removed. The whole is only checked if every part could be read:
 * one that could not may hold what the others point at.
 */
export function mergeTemplate(parts: TemplateParts): MergedTemplate {
  const { platform, override, addition } = parts
  const problems: Problem[] = []
  const read = (part: TemplateFile | undefined, role: Role) => part && readTemplate(part.text, part.file, role)
  const reads = { base: read(platform, 'platform'), above: read(override, 'override'), added: read(addition, 'addition') }
  const all = Object.values(reads).filter((one) => one !== undefined)
  problems.push(...all.flatMap((one) => one.problems))
  if (override && !platform) problems.push(atStart(override.file, 'an override without a platform template', overrideHint))

  const laid = layOver(reads.base?.root, reads.above?.root, problems)
  const root = addTo(laid, reads.added?.root, problems) ?? nothing
  const isWhole = all.every((one) => one.root !== undefined || one.problems.length === 0)
  const refused = problems.length === 0 ? [] : all.flatMap((one) => (one.root ? [one.root] : []))
  const { problems: wrong, unchecked } = isWhole ? checkWhole(root, refused, parts) : { problems: [], unchecked: [] }

  const files = [platform, override, addition].flatMap((part) => (part ? [part.file] : []))
  const text = writeTemplate(root)
  return { root, text, digest: digestOf(text), problems: inOrder([...problems, ...wrong], files), unchecked }
}

const overrideHint = 'give it the name of a template of the blueprint, or move it to cloudFormation/additions'
const nothing: MapNode = { kind: 'map', entries: new Map(), place: { source: sourceOf('', ''), offset: 0 } }

function layOver(base: MapNode | undefined, above: MapNode | undefined, problems: Problem[]): MapNode | undefined {
  if (!base || !above) return base
  const { root, problems: found } = applyOverride(base, above)
  problems.push(...found)
  return root
}

function addTo(base: MapNode | undefined, added: MapNode | undefined, problems: Problem[]): MapNode | undefined {
  if (!base || !added) return base ?? added
  const { root, problems: found } = applyAddition(base, added)
  problems.push(...found)
  return root
}

/** What can only be seen in the result: an override may have taken out what something needs. */
function checkWhole(root: MapNode, refused: readonly MapNode[], { platform, override, addition }: TemplateParts): References {
  const { problems, unchecked } = checkReferences(root, refused)
  if (override) problems.push(...shapeProblems(root, false, suggesting()))
  if (sectionOf(root, 'Resources').size === 0 && macrosOf(root).length === 0) {
    const file = (platform ?? addition ?? override)?.file ?? ''
    problems.push(atStart(file, 'the template has no resources', 'CloudFormation wants at least one'))
  }
  return { problems, unchecked }
}

function atStart(file: string, message: string, hint: string): Problem {
  return { file, line: 1, column: 1, message, hint }
}

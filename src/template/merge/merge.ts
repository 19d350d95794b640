import { type Digest, digestOf } from '../../digest.ts'
import { suggesting } from '../../document/hint.ts'
import type { MapNode } from '../../document/node.ts'
import { sourceOf } from '../../document/source.ts'
import type { Problem } from '../../errors.ts'
import { circleProblems } from '../check/circles.ts'
import { limitProblems } from '../check/limits.ts'
import { localPathProblems } from '../check/local-paths.ts'
import { wordProblems } from '../check/words.ts'
import { macrosOf, serverless, transformsOf } from '../macros.ts'
import { inOrder } from '../problems.ts'
import { type Role, readTemplate, type TemplateRead } from '../read.ts'
import { checkReferences, type References } from '../references.ts'
import { sectionOf } from '../sections.ts'
import { shapeProblems } from '../shape.ts'
import { writeTemplate } from '../write.ts'
import { applyAddition } from './add.ts'
import { applyOverride } from './override.ts'

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
export function mergeTemplate({ platform, override, addition }: TemplateParts): MergedTemplate {
  const base = readPart(platform, 'platform')
  const above = readPart(override, 'override')
  const added = readPart(addition, 'addition')
  const reads = [base, above, added]

  const laid = base.root && above.root ? applyOverride(base.root, above.root) : { root: base.root, problems: [] }
  const sum = laid.root && added.root ? applyAddition(laid.root, added.root) : { root: laid.root ?? added.root, problems: [] }
  const root = sum.root ?? nothing
  const orphaned = override && !platform ? [atStart(override.file, 'an override without a platform template', overrideHint)] : []
  const nulls = transformsOf(root).includes(serverless) ? [] : reads.flatMap((one) => one.nulls)
  const problems = [...reads.flatMap((one) => one.problems), ...nulls, ...orphaned, ...laid.problems, ...sum.problems]

  const files = [platform, override, addition].flatMap((part) => (part ? [part.file] : []))
  const isWhole = reads.every((one) => one.root !== undefined || one.problems.length === 0)
  const refused = problems.length === 0 ? [] : reads.flatMap((one) => (one.root ? [one.root] : []))
  const text = writeTemplate(root)
  const whole = isWhole ? checkWhole(root, refused, files[0] ?? '', text) : { problems: [], unchecked: [] }
  return { root, text, digest: digestOf(text), problems: inOrder([...problems, ...whole.problems], files), unchecked: whole.unchecked }
}

const overrideHint = 'give it the name of a template of the blueprint, or move it to cloudFormation/additions'
const nothing: MapNode = { kind: 'map', entries: new Map(), place: { source: sourceOf('', ''), offset: 0 } }

function readPart(part: TemplateFile | undefined, role: Role): TemplateRead {
  return part ? readTemplate(part.text, part.file, role) : { root: undefined, problems: [], nulls: [] }
}

/** What can only be seen in the result: an override may have taken out what something needs. `refused` may hold what is not in it. */
function checkWhole(root: MapNode, refused: readonly MapNode[], file: string, text: string): References {
  const { problems, unchecked } = checkReferences(root, refused)
  const isEmpty = sectionOf(root, 'Resources').size === 0 && macrosOf(root).length === 0
  const empty = isEmpty ? [atStart(file, 'the template has no resources', 'CloudFormation wants at least one')] : []
  return {
    problems: [
      ...problems,
      ...shapeProblems(root, false, suggesting()),
      ...limitProblems(root, text),
      ...wordProblems(root),
      ...circleProblems(root),
      ...localPathProblems(root),
      ...empty,
    ],
    unchecked,
  }
}

function atStart(file: string, message: string, hint: string): Problem {
  return { file, line: 1, column: 1, message, hint }
}

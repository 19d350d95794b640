import { asksKnowledge, lossOf, propertyPath, type Ruled, reasonOf } from './loss.ts'
import type { ResourceChange } from './stacks.ts'
import { statefulTypes } from './stateful-types.ts'

/** A rule that stops a plan at one resource, and whether somebody permitted it. */
export interface Gate {
  /** `unseen`: what a change does inside a nested stack could not be found out. */
  readonly gate: 'stateful' | 'unseen'
  /** What to give to --consent: `<stack>.<LogicalId>`, and `<stack>.<Child>.<LogicalId>` in a nested stack. */
  readonly consent: string
  readonly type: string
  readonly reason: string
  readonly consented: boolean
  /** True if it was judged by templates, where there is no change set to judge by. */
  readonly foretold?: true
}

/**
 * The gates that a stack's changes meet.
 * @param path how consents begin: the stack, and the nested stacks down to the one whose changes these are
 */
export async function gatesOf(path: string, changes: readonly ResourceChange[], consents: ReadonlySet<string>): Promise<readonly Gate[]> {
  const judged = await Promise.all(
    changes.map(async (change): Promise<Gate | undefined> => {
      if (!statefulTypes.has(change.type)) return undefined
      const reason = reasonOf(lossOf(change, asksKnowledge(change) ? await ruledOut(change) : 'not out'))
      const consent = `${path}.${change.logicalId}`
      return reason === undefined ? undefined : { gate: 'stateful', consent, type: change.type, reason, consented: consents.has(consent) }
    }),
  )
  return judged.filter((gate) => gate !== undefined)
}

/** 'out' if AWS's published schema of the type says of each changed property that it never replaces the resource. */
async function ruledOut({ type, properties }: ResourceChange): Promise<Ruled> {
  // What is inside a nested stack is judged there: the stack itself stays.
  if (type === 'AWS::CloudFormation::Stack') return 'out'
  // Late: few changes need it, and each service's types are a file.
  const { replacementOf } = await import('../resources/replacement.ts')
  if (properties.length === 0) return 'not out'
  const answers = await Promise.all(
    properties.map((property) => {
      const path = propertyPath(property)
      return path === undefined ? 'never' : replacementOf(type, path)
    }),
  )
  return answers.every((answer) => answer === 'never') ? 'out' : 'not out'
}

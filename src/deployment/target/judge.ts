import { type Gate, gatesOf } from '../../stack/gate.ts'
import type { ResourceChange } from '../../stack/stacks.ts'
import type { StackInRelease } from './stack-in-release.ts'

const NESTED = 'AWS::CloudFormation::Stack'

/**
 * The gates that the changes of a stack meet, those inside its nested stacks among them. A change set of ours tells nothing of what becomes of
 * the resources in a nested stack: the live template is compared with the new one, and what cannot be compared is a gate of its own.
 */
export async function judge(
  stack: StackInRelease,
  changes: readonly ResourceChange[],
  consents: ReadonlySet<string>,
): Promise<readonly Gate[]> {
  const own = await gatesOf(stack.stack, changes, consents)
  const entered = changes.filter(({ type, action, replacement }) => type === NESTED && action === 'Modify' && replacement !== 'True')
  if (entered.length === 0) return own
  // What compares templates is loaded only where there is a nested stack.
  const { insideOf } = await import('./nested-gates.ts')
  const inner = await Promise.all(entered.map((change) => insideOf(stack, change, consents)))
  return [...own, ...inner.flat()]
}

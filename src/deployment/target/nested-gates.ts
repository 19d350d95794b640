import { nodeFromJson } from '../../document/from-json.ts'
import type { MapNode } from '../../document/node.ts'
import { TowpathError } from '../../errors.ts'
import { type Gate, gatesOf } from '../../stack/gate.ts'
import { changesParameters, foretell } from '../../stack/nested.ts'
import type { ResourceChange } from '../../stack/stacks.ts'
import { macrosOf } from '../../template/macros.ts'
import type { StackInRelease } from './stack-in-release.ts'

/** The gates inside a nested stack that changes: its live template is compared with the new one. */
export async function insideOf(stack: StackInRelease, change: ResourceChange, consents: ReadonlySet<string>): Promise<readonly Gate[]> {
  const path = `${stack.stack}.${change.logicalId}`
  const next = await stack.nested(change.logicalId)
  const old = await readLive(stack, change.physicalId)
  if (typeof old === 'string') return [unseen(path, old, consents)]
  if (next === undefined) return [unseen(path, 'its template is not part of the release', consents)]
  if ([old, next].some((template) => macrosOf(template).length > 0)) return [unseen(path, 'a macro makes its resources', consents)]
  const { changes, nested } = foretell(old, next, changesParameters(change))
  const gates = await gatesOf(path, changes, consents)
  const deeper = nested.map((child) => unseen(`${path}.${child}`, 'a stack nested so deep is not compared', consents))
  const told = gates.map((gate) => ({ ...gate, reason: `${gate.reason} (foretold from its templates)`, foretold: true as const }))
  return [...told, ...deeper]
}

/** The template that a nested stack has now; or why it cannot be read. */
async function readLive({ client: { stacks } }: StackInRelease, id: string | undefined): Promise<MapNode | string> {
  if (id === undefined || id === '') return 'CloudFormation does not say which stack it is'
  try {
    const text = await stacks.liveTemplate(id)
    const root = text === undefined ? undefined : nodeFromJson(text, `nested stack ${id}`)
    return root?.kind === 'map' ? root : 'its live template is not there'
  } catch (error) {
    if (error instanceof SyntaxError) return 'its live template is not JSON'
    if (!(error instanceof TowpathError) || error.transient || error.code === 'interrupted') throw error
    return `its live template cannot be read: ${error.message}`
  }
}

function unseen(consent: string, why: string, consents: ReadonlySet<string>): Gate {
  const reason = `what it does to the data inside cannot be seen: ${why}`
  return { gate: 'unseen', consent, type: 'AWS::CloudFormation::Stack', reason, consented: consents.has(consent), foretold: true }
}

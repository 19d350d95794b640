import { redactChanges } from '../../redaction/redact.ts'
import { isSecretName } from '../../redaction/secret-names.ts'
import type { Given } from '../../release/manifest.ts'
import { parseReference } from '../../service/reference.ts'
import type { SecretFlow } from '../../template/secret-flow.ts'
import type { FedStack, Redactor } from './template.ts'

/** A redactor for the stacks of one release. Where secrets go in them is found out once. */
export function redactorOf(stackOf: (stack: string) => FedStack): Redactor {
  const flowOf = secretFlows(stackOf)
  return async (stack, changes, live, sent) => redactChanges(changes, { flow: await flowOf(stack), sent, live })
}

/**
 * Where secrets go in each stack of a release, including those that other stacks of the release hand on to it as outputs. Every stack is
 * followed once.
 */
function secretFlows(stackOf: (stack: string) => FedStack): (stack: string) => Promise<SecretFlow> {
  const flows = new Map<string, Promise<SecretFlow>>()
  const flowOf = (stack: string): Promise<SecretFlow> => {
    const known = flows.get(stack)
    if (known) return known
    const flow = follow(stack)
    flows.set(stack, flow)
    flow.catch(() => flows.delete(stack))
    return flow
  }
  const follow = async (stack: string): Promise<SecretFlow> => {
    const { given, template } = stackOf(stack)
    return (await template()).secretFlow(await fedTo(given))
  }
  const fedTo = async (given: Readonly<Record<string, Given>>): Promise<ReadonlySet<string>> => {
    const fed = new Set<string>()
    for (const [parameter, one] of Object.entries(given)) {
      const reference = 'from' in one ? parseReference(one.from) : undefined
      if (reference === undefined || !('output' in reference)) continue
      if (isSecretName(reference.output)) fed.add(parameter)
      else if (reference.kind === 'stack' && (await flowOf(reference.stack)).outputs.has(reference.output)) fed.add(parameter)
    }
    return fed
  }
  return flowOf
}

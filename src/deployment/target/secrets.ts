import { isSecretName } from '../../redaction/secret-names.ts'
import type { Manifest } from '../../release/manifest.ts'
import { parseReference } from '../../service/reference.ts'
import { type SecretFlow, secretFlow } from '../../template/secret-flow.ts'
import { stackOf } from './examine.ts'
import type { Target } from './target.ts'
import { loadTemplate } from './templates.ts'

/** Where secrets go in a stack of a release, those among them that other stacks of the release hand on to it as outputs. */
export function secretFlowOf(target: Target, manifest: Manifest, stack: string): Promise<SecretFlow> {
  const flows = new Map<string, Promise<SecretFlow>>()
  const flowOf = (name: string): Promise<SecretFlow> => {
    const known = flows.get(name) ?? followed(name)
    flows.set(name, known)
    return known
  }
  const followed = async (name: string): Promise<SecretFlow> => {
    const { root } = await loadTemplate(target, name, stackOf(manifest, name))
    return secretFlow(root, { isSecret: isSecretName, fed: await fedTo(name) })
  }
  const fedTo = async (name: string): Promise<ReadonlySet<string>> => {
    const fed = new Set<string>()
    const given = manifest.environments[target.environment.environment]?.parameters[name] ?? {}
    for (const [parameter, one] of Object.entries(given)) {
      const reference = 'from' in one ? parseReference(one.from) : undefined
      if (reference === undefined || !('output' in reference)) continue
      if (isSecretName(reference.output)) fed.add(parameter)
      else if (reference.kind === 'stack' && (await flowOf(reference.stack)).outputs.has(reference.output)) fed.add(parameter)
    }
    return fed
  }
  return flowOf(stack)
}

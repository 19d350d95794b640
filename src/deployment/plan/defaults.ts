import { HIDDEN, redactValue } from '../../redaction/redact-value.ts'
import { isSecretName } from '../../redaction/secret-names.ts'
import type { Stack } from '../../stack/stacks.ts'
import type { StackInRelease } from '../target/stack-in-release.ts'
import type { DefaultTaken, SentParameters } from '../target/template.ts'

/** The live values of a stack that an update changes to the template's default. Those that are or may be secret are hidden. */
export async function defaultsShown(stack: StackInRelease, live: Stack, sent: SentParameters): Promise<readonly DefaultTaken[]> {
  const template = await stack.template()
  const secret = template.secretFlow(new Set()).parameters
  return template.defaultsTaken(live, sent).map(({ parameter, before, after }) => {
    const show = (text: string): string => (secret.has(parameter) || isSecretName(parameter) ? HIDDEN : redactValue(text))
    return { parameter, before: show(before), after: show(after) }
  })
}

import type { PropertyChange, ResourceChange, SentParameter, Stack } from '../stack/stacks.ts'
import type { SecretFlow } from '../template/secret-flow.ts'
import { HIDDEN, isOpaque, isReference, redactValue } from './redact-value.ts'
import { isSecretName } from './secret-names.ts'

/** What is known of a stack's secrets when its changes are told. */
export interface Redaction {
  /** Where secrets go in the template that is to be applied. */
  readonly flow: SecretFlow
  readonly sent: Readonly<Record<string, SentParameter>>
  /** The stack as it is: its template is not known, but which of its parameters are secret is. */
  readonly live: Pick<Stack, 'parameters'> | undefined
}

/** Values shorter than this say nothing, and stand everywhere. */
const SHORTEST = 4

/**
 * Changes without what is, or may be, secret in their values. What CloudFormation tells of a change is shown to everybody who may read a
 * pull request or a log: it goes through here before anything else has it.
 */
export function redactChanges(changes: readonly ResourceChange[], redaction: Redaction): readonly ResourceChange[] {
  const values = secretValues(redaction)
  const beforeOf = beforeShown(redaction)
  return changes.map((change) => ({
    ...withoutSecretId(change),
    properties: change.properties.map((property) => {
      const { before, after, ...rest } = property
      const hidden = isHidden(change, property, redaction)
      const show = (text: string): string =>
        isReference(text) ? text : hidden || values.some((value) => text.includes(value)) ? HIDDEN : redactValue(text)
      return {
        ...rest,
        ...(before === undefined ? {} : { before: isReference(before) || beforeOf(before) ? show(before) : HIDDEN }),
        ...(after === undefined ? {} : { after: show(after) }),
      }
    }),
  }))
}

/** The id of a key is half of it, and that of a custom resource is whatever its code says. */
function withoutSecretId({ physicalId, ...change }: ResourceChange): ResourceChange {
  const told = physicalId !== undefined && /^AWS::(?!CloudFormation::CustomResource$|IAM::AccessKey$)/.test(change.type)
  return told ? { ...change, physicalId } : change
}

function isHidden({ logicalId }: ResourceChange, { attribute, name, path, cause }: PropertyChange, { flow }: Redaction): boolean {
  if (attribute === 'Metadata') return true
  const steps = stepsOf(path, name)
  if (steps.some((step) => isSecretName(step) || isOpaque(step)) || isUnnamed(steps)) return true
  if (cause !== undefined && (flow.parameters.has(cause) || isSecretName(cause))) return true
  return attribute === 'Properties' && flow.reaches(logicalId, steps)
}

/** A JSON pointer's keys, below `Properties`. */
function stepsOf(path: string | undefined, name: string | undefined): readonly string[] {
  const steps = (path ?? '')
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const below = steps[0] === 'Properties' ? steps.slice(1) : steps
  return below.length > 0 || name === undefined ? below : [name]
}

/** True of a value in a list of names and values, whose name is not told with it: `/Environment/2/Value`. Tags are known to all anyway. */
function isUnnamed(steps: readonly string[]): boolean {
  const [list, place, key] = steps.slice(-3)
  return key !== undefined && /value$/i.test(key) && /^\d+$/.test(place ?? '') && !/tags$/i.test(list ?? '')
}

/** The values of secret parameters, as far as they are known. */
function secretValues({ flow, sent, live }: Redaction): readonly string[] {
  const given = [...flow.parameters].flatMap((name) => {
    const one = sent[name]
    return [...(one !== undefined && 'value' in one ? [one.value] : []), live?.parameters[name] ?? '']
  })
  return [...given, ...flow.defaults].filter((value) => value.length >= SHORTEST && !isReference(value) && !isStarred(value))
}

/** CloudFormation describes secret parameters as stars. */
function isStarred(value: string): boolean {
  return /^\*{4,}$/.test(value)
}

/**
 * What of a stack's present state may be told. If one of its parameters is secret, its value may be anywhere in it: then only what is no
 * secret by its shortness, or the value of a parameter that everybody can read.
 */
function beforeShown({ live, flow }: Redaction): (text: string) => boolean {
  const parameters = Object.entries(live?.parameters ?? {})
  const isSecret = ([name, value]: readonly [string, string]): boolean =>
    isStarred(value) || isSecretName(name) || flow.parameters.has(name)
  if (!parameters.some(isSecret)) return () => true
  const known = new Set(parameters.filter((parameter) => !isSecret(parameter)).map(([, value]) => value))
  return (text) => text.length < SHORTEST || text === 'true' || text === 'false' || known.has(text)
}

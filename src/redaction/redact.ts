import type { PropertyChange, ResourceChange, SentParameter, Stack } from '../stack/stacks.ts'
import type { SecretFlow } from '../template/secret-flow.ts'
import { HIDDEN, isOpaque, isReference, redactValue } from './redact-value.ts'
import { isSecretName } from './secret-names.ts'

/** Everything that is known about a stack's secrets when its changes are shown. */
export interface Redaction {
  /** Where secrets flow to in the template that will be applied. */
  readonly flow: SecretFlow
  readonly sent: Readonly<Record<string, SentParameter>>
  /** The stack as it is now. Its template is unknown, but we know which of its parameters are secret. */
  readonly live: Pick<Stack, 'parameters'> | undefined
}

/** Shorter values reveal nothing and are part of many texts. */
const SHORTEST = 4

/**
 * Changes in which every value that is, or may be, secret is hidden. Everybody who may read a pull request or a log sees the changes that
 * CloudFormation describes: they pass through this function before any other code sees them.
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

/** Removes the id of an access key, which is half of the key, and the id of a custom resource, which its code may choose freely. */
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

/** The keys of a JSON pointer, below `Properties`. */
function stepsOf(path: string | undefined, name: string | undefined): readonly string[] {
  const steps = (path ?? '')
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const below = steps[0] === 'Properties' ? steps.slice(1) : steps
  return below.length > 0 || name === undefined ? below : [name]
}

/** True for a value in a list of names and values, which comes without its name: `/Environment/2/Value`. Tags are no secrets. */
function isUnnamed(steps: readonly string[]): boolean {
  const [list, place, key] = steps.slice(-3)
  return key !== undefined && /value$/i.test(key) && /^\d+$/.test(place ?? '') && !/tags$/i.test(list ?? '')
}

/** The known values of secret parameters. */
function secretValues({ flow, sent, live }: Redaction): readonly string[] {
  const given = [...flow.parameters].flatMap((name) => {
    const one = sent[name]
    return [...(one !== undefined && 'value' in one ? [one.value] : []), live?.parameters[name] ?? '']
  })
  return [...given, ...flow.defaults].filter((value) => value.length >= SHORTEST && !isReference(value) && !isStarred(value))
}

/** True for the stars with which CloudFormation describes a secret parameter. */
function isStarred(value: string): boolean {
  return /^\*{4,}$/.test(value)
}

/**
 * Says which values of a stack's present state may be shown. If one of its parameters is secret, its value may be anywhere in the stack:
 * then only values that are too short to be secret are shown, and values of parameters that everybody can read.
 */
function beforeShown({ live, flow }: Redaction): (text: string) => boolean {
  const parameters = Object.entries(live?.parameters ?? {})
  const isSecret = ([name, value]: readonly [string, string]): boolean =>
    isStarred(value) || isSecretName(name) || flow.parameters.has(name)
  if (!parameters.some(isSecret)) return () => true
  const known = new Set(parameters.filter((parameter) => !isSecret(parameter)).map(([, value]) => value))
  return (text) => text.length < SHORTEST || text === 'true' || text === 'false' || known.has(text)
}

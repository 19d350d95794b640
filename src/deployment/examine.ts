import { documentBytes } from '../bucket/documents.ts'
import { type Digest, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Manifest, ManifestStack, NestedTemplate } from '../release/manifest.ts'
import type { SentParameter, Stack, Stacks } from '../stack/stacks.ts'
import { type NextStep, nextStep, wayOut } from '../stack/state.ts'
import type { Proof } from './record.ts'
import { isOurs, ownTags, type Target, timeOf } from './target.ts'

/** What would be applied to one stack: all of it, by digest. */
export function digestOfStack(
  target: Target,
  manifest: Manifest,
  stack: string,
  parameters: Readonly<Record<string, SentParameter>>,
): Digest {
  const { template, nested, capabilities } = stackOf(manifest, stack)
  const tags = ownTags(manifest, target.environment.environment, stack)
  const parts = { template, nested: nestedDigests(nested), capabilities: [...capabilities].sort(), parameters, tags }
  return digestOf(documentBytes(parts as unknown as Json))
}

function nestedDigests(nested: Readonly<Record<string, NestedTemplate>>): Json {
  return Object.fromEntries(
    Object.entries(nested).map(([id, child]) => [id, { template: child.template, nested: nestedDigests(child.nested) }]),
  )
}

export function stackOf(manifest: Manifest, stack: string): ManifestStack {
  const found = manifest.stacks[stack]
  if (found === undefined) throw new TowpathError('bug', `the release has no stack '${stack}'`)
  return found
}

/** True if a stack still is what the last record says we made it, and that is what we would make it now. */
export function isProved(live: Stack, digest: Digest, proof: Proof | null | undefined): boolean {
  return (
    proof != null && proof.id === live.id && proof.time === timeOf(live) && proof.digest === digest && nextStep[live.status] === 'update'
  )
}

/** A stack as it was found, and what may be done with it. */
export interface Found {
  /** Undefined where there is none, or only a shell of ours without resources. */
  readonly live: Stack | undefined
  readonly step: Exclude<NextStep, 'refuse' | 'wait'>
  /** True if it is not ours, or not of this service and environment: adopted only with consent. */
  readonly foreign: boolean
}

/**
 * Decides what may be done with a stack that was described. Throws 'failed' for states that need a person and for operations under way
 * (who can wait, waits before this).
 */
export async function judge(target: Target, manifest: Manifest, name: string, live: Stack | undefined): Promise<Found> {
  if (live === undefined) return { live, step: 'create', foreign: false }
  const step = nextStep[live.status]
  if (step === 'refuse')
    throw new TowpathError('failed', `stack ${name} is ${live.status}`, {
      blame: 'service',
      hint: wayOut[live.status] ?? 'mend it in CloudFormation, then deploy again',
    })
  if (step === 'wait')
    throw new TowpathError('failed', `stack ${name} is busy: ${live.status}`, {
      blame: 'service',
      hint: 'wait until its operation is over, then run this again',
    })
  const ours =
    isOurs(live, manifest.service, target.environment.environment) ||
    (live.status === 'REVIEW_IN_PROGRESS' && (await isOurShell(target.stacks, live)))
  return { live: step === 'create' ? undefined : live, step, foreign: !ours }
}

/** The names of all our change sets begin like this. */
export const changeSetPrefix = 'towpath-'

/** A shell may come without tags: it is ours if nobody else has a change set on it. */
async function isOurShell(stacks: Stacks, shell: Stack): Promise<boolean> {
  if (Object.keys(shell.tags).length > 0) return false
  return (await stacks.listChangeSets(shell.id)).every(({ name }) => name.startsWith(changeSetPrefix))
}

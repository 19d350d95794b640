import { documentBytes } from '../../bucket/documents.ts'
import { type Digest, digestOf } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import type { Json } from '../../json.ts'
import type { Manifest, ManifestStack, NestedTemplate } from '../../release/manifest.ts'
import type { SentParameter, Stack, Stacks } from '../../stack/stacks.ts'
import { type NextStep, nextStep, wayOut } from '../../stack/state.ts'
import { settled } from '../../stack/watch.ts'
import type { Proof, StackRecord } from '../log/record.ts'
import { isOurs, nameOf, ownTags, type Target, timeOf } from './target.ts'

/** What would be applied to one stack: all of it, by digest. */
export function digestOfStack(
  target: Target,
  manifest: Manifest,
  stack: string,
  parameters: Readonly<Record<string, SentParameter>>,
): Digest {
  const { template, nested, capabilities } = stackOf(manifest, stack)
  const tags = ownTags(manifest, target.environment.environment, stack)
  const { execute } = target.environment.roles ?? {}
  const parts = {
    ...{ template, nested: nestedDigests(nested), capabilities: [...capabilities].sort(), parameters, tags },
    // Left out where there is none, so that what was proved before there were roles stays proved.
    ...(execute === undefined ? {} : { role: execute }),
  }
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
 * Looks at a stack and decides what may be done with it, after waiting for any operation on it. Throws 'failed' for states that need a
 * person. @param last what the last record says of the stack
 */
export async function examine(target: Target, manifest: Manifest, stack: string, last: StackRecord | undefined): Promise<Found> {
  const name = nameOf(manifest, target.environment.environment, stack)
  const live = await settled(target.stacks, name, target.patience, ({ status }) =>
    target.log.info(`waiting for stack ${name}, which is ${status}`),
  )
  if (live === undefined) return { live, step: 'create', foreign: false }
  const step = nextStep[live.status]
  if (step === 'refuse' || step === 'wait')
    throw new TowpathError('failed', `stack ${name} is ${live.status}`, {
      blame: 'service',
      hint: wayOut[live.status] ?? 'mend it in CloudFormation, then deploy again',
    })
  const ours =
    isOurs(live, manifest.service, target.environment.environment) ||
    (live.status === 'REVIEW_IN_PROGRESS' && (await isOurShell(target.stacks, live)))
  if (step === 'recreate') refuseRecreation(live, ours, last)
  return { live: step === 'create' ? undefined : live, step, foreign: !ours }
}

/**
 * ROLLBACK_COMPLETE is the end of a first creation only, so nothing in such a stack ever worked. One that is protected, that is not ours,
 * or that a record of ours says was live, is left alone all the same.
 */
function refuseRecreation(live: Stack, ours: boolean, last: StackRecord | undefined): void {
  const why = live.terminationProtection
    ? 'has termination protection'
    : !ours
      ? 'is not of this service and environment'
      : last?.proof?.id === live.id
        ? 'was live once'
        : undefined
  if (why !== undefined)
    throw new TowpathError('failed', `stack ${live.name} is ${live.status} and ${why}, so it is not deleted`, {
      hint: 'look at it in CloudFormation; delete it there if it is of no use, then deploy again',
    })
}

/** The names of all our change sets begin like this. */
export const changeSetPrefix = 'towpath-'

/** A shell may come without tags: it is ours if nobody else has a change set on it. */
async function isOurShell(stacks: Stacks, shell: Stack): Promise<boolean> {
  if (Object.keys(shell.tags).length > 0) return false
  return (await stacks.listChangeSets(shell.id)).every(({ name }) => name.startsWith(changeSetPrefix))
}

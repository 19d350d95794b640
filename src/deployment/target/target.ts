import type { Ledger } from '../../bucket/ledger.ts'
import type { Objects } from '../../bucket/objects.ts'
import { retryingObjects } from '../../bucket/retrying.ts'
import type { Digest } from '../../digest.ts'
import type { Log } from '../../log.ts'
import type { EnvironmentEntry } from '../../platform/release.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Manifest, ManifestStack } from '../../release/manifest.ts'
import { stackName } from '../../service/names.ts'
import { retryingStacks } from '../../stack/retrying.ts'
import type { Stack, Stacks } from '../../stack/stacks.ts'
import type { Deadline } from '../../stack/watch.ts'

/** Where a release is applied, and everything the work there needs. */
export interface Target {
  readonly environment: EnvironmentEntry
  /** The log and the lock, in the platform bucket. */
  readonly ledger: Ledger
  /** The environment's bucket, from which Lambda and CloudFormation read. */
  readonly blobs: Objects
  readonly stacks: Stacks
  /**
   * The role that CloudFormation is given for what it does, so that a stack outlives our session. Undefined where there is none, and for who
   * only plans and may not pass it (iam:PassRole): CloudFormation then uses the one that it was given for the stack before.
   */
  readonly passes: string | undefined
  /** Blobs of a release that is composed and not stored: a plan reads them from here. */
  readonly unstored: ReadonlyMap<Digest, Uint8Array>
  readonly clock: Clock
  readonly log: Log
  readonly patience: Deadline
  /** A name nobody has used: that many bytes of randomness in hexadecimal. */
  random(bytes: number): string
}

/**
 * The same target with this patience: its buckets and its CloudFormation are asked again where they give no answer, and CloudFormation not
 * at all once the signal is aborted. To be made of a target that has not been through here, whose patience may be longer.
 */
export function withDeadline(target: Target, patience: Pick<Deadline, 'until' | 'signal'>): Target {
  const all: Deadline = { ...patience, clock: target.clock, tell: (text) => target.log.warn(text) }
  const { ledger, blobs, clock } = target
  return {
    ...target,
    patience: all,
    stacks: retryingStacks(target.stacks, all),
    ledger: { ...ledger, objects: retryingObjects(ledger.objects, clock) },
    blobs: retryingObjects(blobs, clock),
  }
}

/** The tags by which a stack is known as ours. Nothing here varies by release: stack tags reach every resource. */
export function ownTags(manifest: Manifest, environment: string, stack: string): Record<string, string> {
  return {
    ...(manifest.environments[environment]?.tags ?? {}),
    'towpath:service': manifest.service,
    'towpath:environment': environment,
    'towpath:stack': stack,
  }
}

/** True if a stack carries the tags of this service and environment. */
export function isOurs(stack: Stack, service: string, environment: string): boolean {
  return stack.tags['towpath:service'] === service && stack.tags['towpath:environment'] === environment
}

/** The name under which a release's stack exists in an environment. */
export function nameOf(manifest: Manifest, environment: string, stack: string): string {
  return (manifest.stacks[stack] as ManifestStack | undefined)?.name ?? stackName(manifest.service, environment, stack)
}

/** When a stack was last changed: LastUpdatedTime, or CreationTime of one that never was. */
export function timeOf(stack: Stack): string {
  return stack.updated ?? stack.created
}

import { blobKey } from '../../bucket/keys.ts'
import { TowpathError } from '../../errors.ts'
import type { Given, Manifest } from '../../release/manifest.ts'
import { parseReference, type Reference } from '../../service/reference.ts'
import type { SentParameter } from '../../stack/stacks.ts'
import { type ForeignOutputs, foreignOutputs } from './outputs.ts'
import type { Target } from './target.ts'

/** A stack's parameters: all known, or waiting for stacks whose outputs are not known yet. */
export type Resolved = { readonly parameters: Readonly<Record<string, SentParameter>> } | { readonly after: readonly string[] }

/** The outputs of a stack of this release, or undefined while they may still change. */
export type OwnOutputs = (stack: string) => Readonly<Record<string, string>> | undefined

/** Turns what a release gives a stack into what is sent. Throws 'not-found' for a reference that resolves to nothing. */
export async function resolveParameters(
  target: Target,
  manifest: Manifest,
  stack: string,
  own: OwnOutputs,
  foreign: ForeignOutputs,
): Promise<Resolved> {
  const given = manifest.environments[target.environment.environment]?.parameters[stack] ?? {}
  const after = new Set<string>()
  const parameters: Record<string, SentParameter> = {}
  for (const [name, one] of Object.entries(given)) {
    const sent = await resolveOne(target, manifest, one, own, foreign)
    if ('after' in sent) after.add(sent.after)
    else parameters[name] = sent
  }
  return after.size > 0 ? { after: [...after].sort() } : { parameters }
}

async function resolveOne(
  target: Target,
  manifest: Manifest,
  given: Given,
  own: OwnOutputs,
  foreign: ForeignOutputs,
): Promise<SentParameter | { readonly after: string }> {
  if ('keep' in given) return { keep: true }
  if ('value' in given) return { value: given.value }
  const reference = parseReference(given.from)
  if (reference === undefined)
    throw new TowpathError('failed', `the release holds a reference that this version cannot read: '${given.from}'`, {
      hint: 'use the version of towpath that made the release',
    })
  if (reference.kind === 'stack') {
    const outputs = own(reference.stack)
    if (outputs === undefined) return { after: reference.stack }
    const value = outputs[reference.output]
    if (value === undefined)
      throw new TowpathError(
        'failed',
        `stack '${reference.stack}' gave no output '${reference.output}', which another stack of this release needs`,
      )
    return { value }
  }
  return { value: await fixedValue(target, manifest, reference, foreign) }
}

function fixedValue(
  target: Target,
  manifest: Manifest,
  reference: Exclude<Reference, { kind: 'stack' }>,
  foreign: ForeignOutputs,
): Promise<string> | string {
  const { environment, account, region } = target.environment
  switch (reference.kind) {
    case 'platform':
      return foreign.read('platform', reference.stack, reference.output)
    case 'service':
      return foreign.read(reference.service, reference.stack, reference.output)
    case 'artefact':
      return artefactFact(target, manifest, reference.field)
    case 'service-field':
      return reference.field === 'name' ? manifest.service : manifest.owner
    case 'environment':
      return { name: environment, account, region }[reference.field]
    case 'bucket':
      return target.blobs.bucket
    default:
      return reference satisfies never
  }
}

function artefactFact(target: Target, manifest: Manifest, field: 'bucket' | 'key' | 'digest'): string {
  if (manifest.artefact === null) throw new TowpathError('failed', 'the release refers to an artefact and has none', { blame: 'bug' })
  return { bucket: target.blobs.bucket, key: blobKey(manifest.artefact), digest: manifest.artefact }[field]
}

/**
 * Reads every output of other deployers' stacks that a release needs in this environment, so that one which is not there is refused before
 * anything is written. Throws 'not-found' with what to deploy first.
 */
export async function requireForeignOutputs(target: Target, manifest: Manifest): Promise<void> {
  const foreign = foreignOutputs(target)
  const stacks = Object.values(manifest.environments[target.environment.environment]?.parameters ?? {})
  for (const given of stacks.flatMap((parameters) => Object.values(parameters))) {
    const reference = 'from' in given ? parseReference(given.from) : undefined
    if (reference?.kind === 'platform') await foreign.read('platform', reference.stack, reference.output)
    if (reference?.kind === 'service') await foreign.read(reference.service, reference.stack, reference.output)
  }
}

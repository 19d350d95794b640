import { blobKey } from '../../bucket/keys.ts'
import { TowpathError } from '../../errors.ts'
import type { Given, Manifest } from '../../release/manifest.ts'
import { parseReference, type Reference } from '../../service/reference.ts'
import type { SentParameter, Stack } from '../../stack/stacks.ts'
import { type ForeignOutputs, foreignOutputs } from './outputs.ts'
import type { OpenInput, OwnOutputs, Resolved, StackInRelease } from './stack-in-release.ts'
import type { Target } from './target.ts'
import type { LoadedTemplate, SentParameters } from './template.ts'

/** What references to the release itself and to its environment are resolved with. */
interface Release {
  readonly manifest: Manifest
  readonly target: Pick<Target, 'environment' | 'entry'>
}

/** Turns what a release gives a stack into what is sent. Throws 'not-found' for a reference that resolves to nothing. */
export async function resolveParameters(
  stack: Pick<StackInRelease, 'given' | 'blobs'>,
  release: Release,
  own: OwnOutputs,
  foreign: ForeignOutputs,
): Promise<Resolved> {
  const open: OpenInput[] = []
  const parameters: Record<string, SentParameter> = {}
  for (const [name, one] of Object.entries(stack.given)) {
    const sent = await resolveOne(stack, release, one, own, foreign)
    if ('from' in sent) open.push({ parameter: name, from: sent.from })
    else parameters[name] = sent
  }
  return open.length > 0 ? { open: open.toSorted(byParameter), fixed: parameters } : { parameters }
}

function byParameter(one: OpenInput, other: OpenInput): number {
  return one.parameter < other.parameter ? -1 : 1
}

async function resolveOne(
  stack: Pick<StackInRelease, 'blobs'>,
  release: Release,
  given: Given,
  own: OwnOutputs,
  foreign: ForeignOutputs,
): Promise<SentParameter | { readonly from: string }> {
  if ('keep' in given) return { keep: true }
  if ('value' in given) return { value: given.value }
  const reference = parseReference(given.from)
  if (reference === undefined)
    throw new TowpathError('failed', `the release holds a reference that this version cannot read: '${given.from}'`, {
      hint: 'use the version of towpath that made the release',
    })
  if (reference.kind === 'stack') {
    const outputs = own(reference.stack)
    if (outputs === undefined) return { from: given.from }
    const value = outputs[reference.output]
    if (value === undefined)
      throw new TowpathError(
        'failed',
        `stack '${reference.stack}' gave no output '${reference.output}', which another stack of this release needs`,
      )
    return { value }
  }
  return { value: await fixedValue(stack, release, reference, foreign) }
}

function fixedValue(
  { blobs }: Pick<StackInRelease, 'blobs'>,
  { manifest, target }: Release,
  reference: Exclude<Reference, { kind: 'stack' }>,
  foreign: ForeignOutputs,
): Promise<string> | string {
  const { account, region } = target.entry
  switch (reference.kind) {
    case 'platform':
      return foreign.read('platform', reference.stack, reference.output)
    case 'service':
      return foreign.read(reference.service, reference.stack, reference.output)
    case 'artefact':
      return artefactFact(blobs.bucket, manifest, reference.field)
    case 'service-field':
      return reference.field === 'name' ? manifest.service : manifest.owner
    case 'environment':
      return { name: target.environment, account, region }[reference.field]
    case 'bucket':
      return blobs.bucket
    default:
      return reference satisfies never
  }
}

function artefactFact(bucket: string, manifest: Manifest, field: 'bucket' | 'key' | 'digest'): string {
  if (manifest.artefact === null) throw new TowpathError('failed', 'the release refers to an artefact and has none', { blame: 'bug' })
  return { bucket, key: blobKey(manifest.artefact), digest: manifest.artefact }[field]
}

/**
 * The parameters that can be sent: a value is kept only where there is a live one, since CloudFormation refuses a previous value for what is
 * new. Without one the template's default serves; throws 'bad-input' if it has none.
 */
export function sendable(stack: string, template: LoadedTemplate, live: Stack | undefined, parameters: SentParameters): SentParameters {
  return Object.fromEntries(
    Object.entries(parameters).filter(([name, sent]) => {
      if ('value' in sent || live?.parameters[name] !== undefined) return true
      if (template.hasDefault(name)) return false
      throw new TowpathError(
        'bad-input',
        `parameter '${name}' of stack '${stack}' says keep, but there is no live value to keep and the template has no default`,
        { hint: 'give a value for the first deployment' },
      )
    }),
  )
}

/**
 * Reads every output of other deployers' stacks that a release needs in this environment, so that a missing one is refused before anything
 * is written. Throws 'not-found' with what to deploy first.
 */
export async function requireForeignOutputs(target: Target, manifest: Manifest): Promise<void> {
  const foreign = foreignOutputs(target)
  const stacks = Object.values(manifest.environments[target.environment]?.parameters ?? {})
  const variables = Object.values(manifest.code?.variables ?? {})
  for (const given of [...stacks.flatMap((parameters) => Object.values(parameters)), ...variables]) {
    const reference = 'from' in given ? parseReference(given.from) : undefined
    if (reference?.kind === 'platform') await foreign.read('platform', reference.stack, reference.output)
    if (reference?.kind === 'service') await foreign.read(reference.service, reference.stack, reference.output)
  }
}

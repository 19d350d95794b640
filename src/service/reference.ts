/** Where an input's value comes from (design 6). */
export type Reference =
  /** An output of a stack of the same service. */
  | { readonly kind: 'stack'; readonly stack: string; readonly output: string }
  /** An output of one of the platform's own stacks. */
  | { readonly kind: 'platform'; readonly stack: string; readonly output: string }
  /** An output of another service's stack: read at apply, never deployed by us. */
  | { readonly kind: 'service'; readonly service: string; readonly stack: string; readonly output: string }
  | Fixed

/** The references that name a fact of the deployment, not an output. */
type Fixed =
  | { readonly kind: 'artefact'; readonly field: 'bucket' | 'key' | 'digest' }
  | { readonly kind: 'service-field'; readonly field: 'name' | 'owner' }
  | { readonly kind: 'environment'; readonly field: 'name' | 'account' | 'region' }
  | { readonly kind: 'bucket'; readonly field: 'name' }

const fixed: ReadonlyMap<string, Fixed> = new Map<string, Fixed>([
  ['artefact.bucket', { kind: 'artefact', field: 'bucket' }],
  ['artefact.key', { kind: 'artefact', field: 'key' }],
  ['artefact.digest', { kind: 'artefact', field: 'digest' }],
  ['service.name', { kind: 'service-field', field: 'name' }],
  ['service.owner', { kind: 'service-field', field: 'owner' }],
  ['environment.name', { kind: 'environment', field: 'name' }],
  ['environment.account', { kind: 'environment', field: 'account' }],
  ['environment.region', { kind: 'environment', field: 'region' }],
  ['bucket.name', { kind: 'bucket', field: 'name' }],
])

/** The references that are written in one way only. */
export const fixedReferences: readonly string[] = [...fixed.keys()]

const grammar =
  /^(?:(?<platform>platform)\/|service\/(?<service>(?!platform\/)[a-z][a-z0-9-]{0,39})\/)?(?<stack>[a-z][a-z0-9]*)\.(?<output>[A-Za-z0-9]+)$/

/** Reads a reference; undefined if it is none. The fixed forms win over a stack that has the same name. */
export function parseReference(text: string): Reference | undefined {
  const known = fixed.get(text)
  if (known) return known
  const { platform, service, stack, output } = grammar.exec(text)?.groups ?? {}
  if (stack === undefined || output === undefined) return undefined
  if (platform !== undefined) return { kind: 'platform', stack, output }
  if (service !== undefined) return { kind: 'service', service, stack, output }
  return { kind: 'stack', stack, output }
}

/** The reference as a descriptor writes it. */
export function printReference(reference: Reference): string {
  switch (reference.kind) {
    case 'stack':
      return `${reference.stack}.${reference.output}`
    case 'platform':
      return `platform/${reference.stack}.${reference.output}`
    case 'service':
      return `service/${reference.service}/${reference.stack}.${reference.output}`
    case 'service-field':
      return `service.${reference.field}`
    case 'artefact':
    case 'environment':
    case 'bucket':
      return `${reference.kind}.${reference.field}`
  }
}

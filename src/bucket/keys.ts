import { type Digest, hexOf } from '../digest.ts'

/** The names of the platform bucket (design 5). This module alone knows them. */

export function blobKey(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`
}

export function platformReleaseKey(version: string): string {
  return `platform/releases/${version}.json`
}

export const platformReleases = 'platform/releases/'

export function channelKey(channel: string): string {
  return `platform/channels/${channel}.json`
}

export const channels = 'platform/channels/'

/** What holds for the platform's services now, whatever release they are of. */
export const registerKey = 'platform/register.json'

export function environmentKey(environment: string): string {
  return `environments/${environment}.json`
}

export const environments = 'environments/'

/** All that is kept of services; of deployments. */
export const services = 'services/'
export const deployments = 'deployments/'

/** The service whose owner or record a key holds; undefined if the key is of something else. */
export function serviceOf(key: string): string | undefined {
  return (/^services\/([^/]+)\/owner\.json$/.exec(key) ?? /^deployments\/[^/]+\/([^/]+)\/\d{8}\.json$/.exec(key))?.[1]
}

/** The service that a key under `services/` is of. */
export function serviceInKey(key: string): string | undefined {
  return /^services\/([^/]+)\//.exec(key)?.[1]
}

export function ownerKey(service: string): string {
  return `services/${service}/owner.json`
}

export function releaseKey(service: string, hex: string): string {
  return `services/${service}/releases/${hex}.json`
}

/** All releases of a service whose id begins with `prefix`. */
export function releasesOf(service: string, prefix = ''): string {
  return `services/${service}/releases/${prefix}`
}

/** The closed record of deployment `n`. */
export function recordKey(environment: string, service: string, n: number): string {
  return `deployments/${environment}/${service}/${digits(n, 8)}.json`
}

/** The `k`-th object of live entries of deployment `n`. */
export function entryKey(environment: string, service: string, n: number, k: number): string {
  return `deployments/${environment}/${service}/${digits(n, 8)}/${digits(k, 4)}.json`
}

/** What the keys of all closed records (and of the live entries) begin with. */
export function recordsOf(environment: string, service: string): string {
  return `deployments/${environment}/${service}/`
}

/** The number of the closed record under a key; undefined if the key is of something else. */
export function recordNumber(key: string): number | undefined {
  const digits = /^deployments\/[^/]+\/[^/]+\/(\d{8})\.json$/.exec(key)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** A segment's name is its borders, and the first digits of the digest of its content. */
export interface SegmentName {
  readonly first: number
  readonly last: number
  readonly hex: string
}

/** The closed records from one number to another, gathered in one object. */
export function segmentKey(environment: string, service: string, { first, last, hex }: SegmentName): string {
  return `${segmentsOf(environment, service)}${digits(first, 8)}-${digits(last, 8)}-${hex}.json`
}

export function segmentsOf(environment: string, service: string): string {
  return `deployments/${environment}/${service}/segments/`
}

/** What the name of a segment says; undefined if the key is of something else. */
export function segmentName(key: string): SegmentName | undefined {
  const [, first, last, hex] = /\/segments\/(\d{8})-(\d{8})-([0-9a-f]{8})\.json$/.exec(key) ?? []
  return first === undefined || last === undefined || hex === undefined ? undefined : { first: Number(first), last: Number(last), hex }
}

export function headKey(environment: string, service: string): string {
  return `deployments/${environment}/${service}/head.json`
}

export function lockKey(environment: string, service: string): string {
  return `locks/${environment}/${service}.json`
}

/** What CodeDeploy hands to the hosts of a service: bundle and variables, by the digest of its content. In an environment's bucket alone. */
export function revisionKey(service: string, hex: string): string {
  return `revisions/${service}/${hex}.zip`
}

/** What a host lacks before its first deployment, by its digest. In an environment's bucket alone. */
export function runtimeKey(digest: Digest): string {
  return `runtime/sha256/${hexOf(digest)}`
}

/**
 * The names as IAM policies match them: `*` and `?` stand for any characters, `/` among them, which is why they are checked against the
 * names themselves in the tests.
 */
export const keyPatterns = {
  blobs: 'blobs/sha256/*',
  platform: 'platform/*',
  platformReleases: `${platformReleases}*`,
  channels: `${channels}*`,
  register: registerKey,
  environments: `${environments}*`,
  services: 'services/*',
  owners: 'services/*/owner.json',
  releases: 'services/*/releases/*',
  /** Of one environment; of all by default. */
  deployments: (environment = '*') => `deployments/${environment}/*`,
  records: 'deployments/*/*/????????.json',
  entries: 'deployments/*/*/????????/????.json',
  segments: 'deployments/*/*/segments/????????-????????-????????.json',
  heads: 'deployments/*/*/head.json',
  locks: (environment = '*') => `locks/${environment}/*`,
  /** Of one service; of all by default. With `runtime`, all that a host reads. */
  revisions: (service = '*') => `revisions/${service}/*`,
  runtime: 'runtime/sha256/*',
} as const

/** The last part of a key, without `.json`. */
export function nameIn(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).replace(/\.json$/, '')
}

function digits(number: number, width: number): string {
  return String(number).padStart(width, '0')
}

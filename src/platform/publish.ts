import { forEach, putBlob } from '../bucket/blobs.ts'
import { documentBytes, readDocument, type Stored } from '../bucket/documents.ts'
import { channelKey, environmentKey, platformReleaseKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { type Digest, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Log } from '../log.ts'
import { type Channel, readChannel, readPlatformRelease } from './channel.ts'
import type { EnvironmentEntry, PlatformRelease } from './release.ts'

/** A platform, ready to be published. */
export interface Publication {
  readonly release: PlatformRelease
  readonly environments: Readonly<Record<string, EnvironmentEntry>>
  /** The content of each file of the release, by digest. */
  content(digest: Digest): Promise<Uint8Array>
}

export interface Published {
  readonly version: string
  readonly digest: Digest
  /** Counts of blobs. */
  readonly uploaded: number
  readonly unchanged: number
  readonly channelMoved: boolean
}

/** The channel that the environments' entries follow. */
const LEADING = 'stable'

/**
 * Publishes a platform. Compares with the channel's inventory, sends only what the bucket lacks, and moves the channel last, so that a
 * publication that stops anywhere leaves the release before it in force. Requests: one if nothing changed; else the changed blobs and
 * three (four where this very version had been published before), and two for each environment whose entry changed.
 */
export async function publish(objects: Objects, publication: Publication, channel: string, log: Log): Promise<Published> {
  const { release, environments } = publication
  const bytes = documentBytes(release as unknown as Json)
  const digest = digestOf(bytes)
  const inventory = inventoryOf(release)
  const entries = Object.fromEntries(
    Object.entries(environments).map(([name, entry]) => [name, digestOf(documentBytes(entry as unknown as Json))]),
  )
  const before = await readChannel(objects, channel)
  const wanted = new Set(Object.values(inventory))
  const next: Channel = {
    schema: 'towpath/channel@1',
    channel,
    version: release.version,
    release: digest,
    inventory,
    environments: channel === LEADING ? entries : {},
  }
  const channelBytes = documentBytes(next as unknown as Json)
  if (before?.digest === digestOf(channelBytes))
    return { version: release.version, digest, uploaded: 0, unchanged: wanted.size, channelMoved: false }

  const uploaded = before?.value.release === digest ? 0 : await publishRelease(objects, publication, bytes, digest, before, wanted, log)
  if (channel === LEADING) {
    for (const [name, entry] of Object.entries(environments)) {
      if (before?.value.environments[name] !== entries[name]) await moveEnvironment(objects, name, entry)
    }
  }
  await moveChannel(objects, channel, channelBytes, before)
  return { version: release.version, digest, uploaded, unchanged: wanted.size - uploaded, channelMoved: true }
}

/** Every file of a release under the name by which people know it. */
export function inventoryOf(release: PlatformRelease): Record<string, Digest> {
  const named = (prefix: string, files: Readonly<Record<string, Digest>>): [string, Digest][] =>
    Object.entries(files).map(([name, digest]) => [`${prefix}${name}`, digest])
  return Object.fromEntries([
    ...named('cloudFormation/', release.templates),
    ...named('ansible/roles/', release.roles),
    ...named('', release.playbooks),
  ])
}

async function publishRelease(
  objects: Objects,
  publication: Publication,
  bytes: Uint8Array,
  digest: Digest,
  before: Stored<Channel> | undefined,
  wanted: ReadonlySet<Digest>,
  log: Log,
): Promise<number> {
  const { release } = publication
  if (before?.value.version === release.version) throw await refusal(objects, release)
  const there = new Set(Object.values(before?.value.inventory ?? {}))
  const lacking = [...wanted].filter((blob) => !there.has(blob))
  let done = 0
  let uploaded = 0
  await forEach(lacking, async (blob) => {
    if (await putBlob(objects, await publication.content(blob), blob)) uploaded += 1
    done += 1
    log.progress('uploading the platform', done, lacking.length)
  })
  if ((await objects.create(platformReleaseKey(release.version), bytes)) === 'exists') {
    const there = await readPlatformRelease(objects, release.version)
    if (there?.digest !== digest) throw await refusal(objects, release)
  }
  return uploaded
}

/** The error for other content under a version that exists; it says what differs. */
async function refusal(objects: Objects, release: PlatformRelease): Promise<TowpathError> {
  const there = await readPlatformRelease(objects, release.version)
  const differences = there === undefined ? [] : differing(there.release, release)
  const listed = differences.length > 10 ? [...differences.slice(0, 10), `and ${differences.length - 10} more`] : differences
  return new TowpathError('conflict', `platform release ${release.version} is published already with other content: ${listed.join(', ')}`, {
    hint: "a published version never changes: raise 'version' in platform.yml",
  })
}

function differing(there: PlatformRelease, here: PlatformRelease): string[] {
  const old = inventoryOf(there)
  const fresh = inventoryOf(here)
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort()
  const files = names
    .filter((name) => old[name] !== fresh[name])
    .map((name) => `${name} (${old[name] === undefined ? 'new' : fresh[name] === undefined ? 'removed' : 'changed'})`)
  const keys = (['platform', 'stacks', 'blueprints', 'environments'] as const).filter((key) => !sameJson(there[key], here[key]))
  return [...keys.map((key) => `'${key === 'environments' ? "environments' tags or parameters" : key}' in platform.yml`), ...files]
}

function sameJson(one: unknown, other: unknown): boolean {
  return digestOf(documentBytes(one as Json)) === digestOf(documentBytes(other as Json))
}

async function moveEnvironment(objects: Objects, name: string, entry: EnvironmentEntry): Promise<void> {
  const key = environmentKey(name)
  const bytes = documentBytes(entry as unknown as Json)
  const before = await readDocument<EnvironmentEntry>(objects, key, 'towpath/environment@1')
  if (before?.digest === digestOf(bytes)) return
  const moved = before === undefined ? await objects.create(key, bytes) : await objects.replace(key, bytes, before.etag)
  if (moved === 'exists' || moved === 'changed') throw raced(`environment '${name}'`)
}

async function moveChannel(objects: Objects, channel: string, bytes: Uint8Array, before: Stored<Channel> | undefined): Promise<void> {
  const moved =
    before === undefined ? await objects.create(channelKey(channel), bytes) : await objects.replace(channelKey(channel), bytes, before.etag)
  if (moved === 'exists' || moved === 'changed') throw raced(`channel '${channel}'`)
}

function raced(what: string): TowpathError {
  return new TowpathError('failed', `another run moved ${what} at the same time, so this one stopped before it`, {
    blame: 'service',
    hint: 'run towpath sync-platform again if yours is the newer one',
  })
}

import { forEach, putBlob } from '../bucket/blobs.ts'
import { documentBytes, readDocument, type Stored } from '../bucket/documents.ts'
import { channelKey, environmentKey, platformReleaseKey, registerKey } from '../bucket/keys.ts'
import type { ETag, Objects } from '../bucket/objects.ts'
import { type Digest, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Log } from '../log.ts'
import { type Channel, readChannel, readPlatformRelease } from './channel.ts'
import { differences } from './differences.ts'
import { type Register, readRegister } from './register/register.ts'
import { type EnvironmentEntry, inventoryOf, type PlatformRelease } from './release.ts'
import { requireSuccessor, type Succession } from './succession.ts'

/** A platform, ready to be published. */
export interface Publication {
  readonly release: PlatformRelease
  readonly environments: Readonly<Record<string, EnvironmentEntry>>
  /** What holds for all services from now on, and what it is held to: `check` throws if it may not follow the one before it. */
  readonly register?: { readonly next: Register; check(before: Register | undefined): Promise<void> }
  /** The content of each file of the release, by digest. */
  content(digest: Digest): Promise<Uint8Array>
}

export interface PublishResult {
  readonly version: string
  readonly digest: Digest
  /** Counts of blobs. */
  readonly uploaded: number
  readonly unchanged: number
  readonly channelMoved: boolean
}

/** The channel that the environments' entries and the register follow. */
const LEADING = 'stable'

/**
 * Publishes a platform. Compares with the channel's inventory, sends only what the bucket lacks, and moves the channel last, so that a
 * publication that stops anywhere leaves the release before it in force. A platform of another name, and a lower version, are refused.
 * Requests: one if nothing changed; else the changed blobs and
 * three, and two for each environment whose entry changed and for the register if it did. One more, to read a release that is there already: where this version was
 * published to another channel, or a run died before it moved the channel. It cannot be saved, since only its content says whether it is ours.
 */
export async function publish(
  objects: Objects,
  publication: Publication,
  channel: string,
  log: Log,
  seen: Promise<Stored<Channel> | undefined> = readChannel(objects, channel),
  succession: Succession = {},
): Promise<PublishResult> {
  const { release, environments } = publication
  const register = channel === LEADING ? publication.register : undefined
  const bytes = bytesOf(release)
  const digest = digestOf(bytes)
  const inventory = inventoryOf(release)
  const entries = Object.fromEntries(Object.entries(environments).map(([name, entry]) => [name, digestOf(bytesOf(entry))]))
  const before = await seen
  const blobs = new Set(Object.values(inventory))
  const next: Channel = {
    schema: 'towpath/channel@1',
    channel,
    platform: release.platform,
    version: release.version,
    release: digest,
    inventory,
    environments: channel === LEADING ? entries : {},
    ...(register ? { register: digestOf(bytesOf(register.next)) } : {}),
  }
  // One that was written before channels named their platform says the same.
  const { platform: _, ...unnamed } = next
  if (before && [next, unnamed].some((channel) => before.digest === digestOf(bytesOf(channel))))
    return { version: release.version, digest, uploaded: 0, unchanged: blobs.size, channelMoved: false }

  const changed = before?.value.register === next.register ? undefined : register
  const inForce = changed && (await readRegister(objects))
  await changed?.check(inForce?.value)
  await requireSuccessor(objects, release, channel, LEADING, before?.value, succession)
  const uploaded = before?.value.release === digest ? 0 : await publishRelease(objects, publication, bytes, before?.value, log)
  const moved =
    channel === LEADING ? [...(await moveEnvironments(objects, environments, entries, before?.value.environments ?? {}, log))] : []
  if (changed) moved.push(...(await moveRegister(objects, changed.next, inForce)))
  if ((await move(objects, channelKey(channel), bytesOf(next), before)) === 'elsewhere') {
    // Only now is it known whose release is in force. An answer that never came says nothing: then all stays as it is.
    for (const putBack of moved) await putBack()
    throw raced(`channel '${channel}'`)
  }
  return { version: release.version, digest, uploaded, unchanged: blobs.size - uploaded, channelMoved: true }
}

/** Sends what the bucket lacks, then the release. Gives the number of blobs that were not there. */
async function publishRelease(
  objects: Objects,
  { release, content }: Publication,
  bytes: Uint8Array,
  before: Channel | undefined,
  log: Log,
): Promise<number> {
  if (before?.version === release.version) throw refusal(release, await readPlatformRelease(objects, release.version))
  const there = new Set(Object.values(before?.inventory ?? {}))
  const lacking = [...new Set(Object.values(inventoryOf(release)))].filter((blob) => !there.has(blob))
  let done = 0
  let uploaded = 0
  await forEach(lacking, async (blob) => {
    if (await putBlob(objects, await content(blob), blob)) uploaded += 1
    done += 1
    log.progress('uploading the platform', done, lacking.length)
  })
  if ((await objects.create(platformReleaseKey(release.version), bytes)) !== 'exists') return uploaded
  const published = await readPlatformRelease(objects, release.version)
  if (published?.digest !== digestOf(bytes)) throw refusal(release, published)
  return uploaded
}

/** The error for other content under a version that exists. It says what differs. */
function refusal(release: PlatformRelease, published: { readonly release: PlatformRelease } | undefined): TowpathError {
  const listed = published ? differences(published.release, release) : []
  const what = listed.length > 0 ? `: ${listed.join(', ')}` : ''
  return new TowpathError('conflict', `platform release ${release.version} is published already with other content${what}`, {
    hint: "a published version never changes: raise 'version' in platform.yml",
  })
}

/**
 * Moves the entries that are not what the channel says they were. One that is declared no more stays: what is there can still be reached.
 * Gives the ways back: if another run moves the channel first, its entries count, not ours.
 */
async function moveEnvironments(
  objects: Objects,
  environments: Publication['environments'],
  entries: Readonly<Record<string, Digest>>,
  before: Channel['environments'],
  log: Log,
): Promise<readonly (() => Promise<unknown>)[]> {
  const waysBack: (() => Promise<unknown>)[] = []
  for (const [name, entry] of Object.entries(environments)) {
    if (Object.hasOwn(before, name) && before[name] === entries[name]) continue
    const key = environmentKey(name)
    const found = await readDocument<EnvironmentEntry>(objects, key, 'towpath/environment@1')
    if (found?.digest === entries[name]) continue
    const etag = await move(objects, key, bytesOf(entry), found)
    if (etag === 'elsewhere') throw raced(`environment '${name}'`)
    if (etag !== 'there') waysBack.push(() => (found ? objects.replace(key, bytesOf(found.value), etag) : objects.remove(key, etag)))
  }
  for (const name of Object.keys(before).filter((name) => !Object.hasOwn(environments, name)))
    log.warn(`environment '${name}' is not in platform.yml any more; where it is stays known, and services may declare it no longer`)
  return waysBack
}

/** Writes the register over what was seen of it. Gives the way back; a first one stays, since nothing was there to go back to. */
async function moveRegister(
  objects: Objects,
  next: Register,
  found: Stored<Register> | undefined,
): Promise<readonly (() => Promise<unknown>)[]> {
  const bytes = bytesOf(next)
  if (found?.digest === digestOf(bytes)) return []
  const etag = await move(objects, registerKey, bytes, found)
  if (etag === 'elsewhere') throw raced('the register')
  return found && etag !== 'there' ? [() => objects.replace(registerKey, bytesOf(found.value), etag)] : []
}

/** Writes a pointer over what was seen of it. If another run was faster: whether it moved it to the same place, or elsewhere. */
async function move(
  objects: Objects,
  key: string,
  bytes: Uint8Array,
  before: Stored<unknown> | undefined,
): Promise<ETag | 'there' | 'elsewhere'> {
  const moved = before === undefined ? await objects.create(key, bytes) : await objects.replace(key, bytes, before.etag)
  if (moved !== 'exists' && moved !== 'changed') return moved
  const now = await objects.get(key)
  return now !== undefined && now !== 'unchanged' && digestOf(now.body) === digestOf(bytes) ? 'there' : 'elsewhere'
}

function raced(what: string): TowpathError {
  return new TowpathError('failed', `another run moved ${what} at the same time, so this one stopped before it`, {
    blame: 'service',
    hint: 'run towpath sync-platform again if yours is the newer one',
  })
}

function bytesOf(document: Channel | EnvironmentEntry | PlatformRelease | Register): Uint8Array {
  return documentBytes(document as unknown as Json)
}

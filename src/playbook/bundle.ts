import type { Archive, Packing } from '../artefact/archive.ts'
import type { ArchiveMember } from '../artefact/archiver.ts'
import { measure, reporting } from '../artefact/measure.ts'
import type { Body } from '../bucket/objects.ts'
import type { Digest } from '../digest.ts'
import { canonicalJson, type Json } from '../json.ts'
import { printAppSpec } from './appspec.ts'
import { hostFiles } from './host-files.ts'
import type { InspectedPlaybook } from './inspect.ts'
import { layout, roleOf, serviceAppSpec } from './layout.ts'
import { type AnsibleTree, rolesIn } from './tree.ts'

/** What a bundle holds beside Towpath's own files. */
export interface BundleParts {
  readonly service: string
  readonly platform: { readonly name: string; readonly version: string }
  readonly ansible: { readonly platform: AnsibleTree; readonly service: AnsibleTree }
  readonly inspected: Pick<InspectedPlaybook, 'playbooks' | 'replaced' | 'appspec' | 'tags'>
  /** A zip; null for a service that has none. */
  readonly artefact: { readonly bytes: number; readonly digest: Digest; open(): AsyncIterable<Uint8Array> } | null
}

/** What the hook reads of a bundle. */
export interface BundleFacts {
  readonly schema: 'towpath/bundle@1'
  readonly service: string
  readonly platform: { readonly name: string; readonly version: string }
  readonly artefact: Digest | null
  /** Relative to the bundle, in the order in which they run. */
  readonly playbooks: readonly string[]
  /** Whose each role is. */
  readonly roles: Readonly<Record<string, 'platform' | 'service'>>
}

/**
 * Puts a bundle together as a zip in a temporary file: what CodeDeploy hands to each host. The same parts give the same bytes. Nothing of
 * an artefact is held in memory; it is stored as it is, since it is compressed already.
 */
export async function assembleBundle(packing: Packing, parts: BundleParts): Promise<Archive> {
  const { files, archiver, log, interrupted } = packing
  const members = membersOf(parts)
  const report = reporting(
    log,
    'putting the bundle together',
    members.reduce((sum, { bytes }) => sum + bytes, 0),
  )
  const heard = (bytes: number): void => {
    interrupted?.throwIfAborted()
    report(bytes)
  }
  const zip = measure(archiver.zip(members.map((member) => told(member, heard))))
  const temporary = await files.temporary()
  const path = `${temporary.path}/bundle.zip`
  try {
    await files.writeStream(path, zip.pieces)
  } catch (error) {
    await temporary.remove()
    throw error
  }
  const sum = zip.sum()
  const body: Exclude<Body, Uint8Array> = { ...sum, open: () => files.stream(path) }
  return { ...sum, members: members.length, body, remove: () => temporary.remove() }
}

/** The members of a bundle in their order: its own files, the platform's, the service's, the artefact. */
export function membersOf(parts: BundleParts): readonly ArchiveMember[] {
  const { ansible, artefact, inspected } = parts
  const replaced = rolesIn(ansible.service)
  const platform = [...ansible.platform.values()].filter(({ name }) => !replaced.has(roleOf(name) ?? ''))
  const service = [...ansible.service.values()].filter(({ name }) => name !== serviceAppSpec)
  return [
    textMember(layout.appspec, printAppSpec(inspected.appspec, inspected.tags)),
    textMember(layout.facts, canonicalJson(factsOf(parts) as unknown as Json)),
    textMember(layout.callback, hostFiles.callback),
    textMember(layout.hook, hostFiles.hook, true),
    textMember(layout.program, hostFiles.program),
    ...platform.map((file) => ({ ...file, name: `${layout.platform}/${file.name}` })),
    ...service.map((file) => ({ ...file, name: `${layout.service}/${file.name}` })),
    ...(artefact ? [{ name: layout.artefact, bytes: artefact.bytes, executable: false, stored: true, open: () => artefact.open() }] : []),
  ]
}

function factsOf({ service, platform, ansible, artefact, inspected }: BundleParts): BundleFacts {
  const roles = [
    ...[...rolesIn(ansible.platform)].map((role) => [role, 'platform'] as const),
    ...[...rolesIn(ansible.service)].map((role) => [role, 'service'] as const),
  ]
  return {
    schema: 'towpath/bundle@1',
    service,
    platform,
    artefact: artefact?.digest ?? null,
    playbooks: inspected.playbooks.map(({ side, path }) => `${layout[side]}/${path}`),
    roles: Object.fromEntries(roles),
  }
}

function textMember(name: string, text: string, executable = false): ArchiveMember {
  const bytes = Buffer.from(text)
  return {
    name,
    bytes: bytes.length,
    executable,
    async *open() {
      yield bytes
    },
  }
}

/** A member that tells how many bytes were read of it. */
function told(member: ArchiveMember, heard: (bytes: number) => void): ArchiveMember {
  async function* open(): AsyncGenerator<Uint8Array> {
    for await (const piece of member.open()) {
      heard(piece.length)
      yield piece
    }
  }
  return { ...member, open }
}

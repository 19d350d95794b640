import { dirname, isAbsolute, join, normalize } from 'node:path'
import { type Digest, digesting } from '../digest.ts'
import { type Problem, refuse, TowpathError } from '../errors.ts'
import type { Packing } from './archive.ts'
import type { TarMember } from './archiver.ts'
import { MOST_BYTES, MOST_FILES } from './collect.ts'
import type { Exclude } from './exclude.ts'
import { nameFault, shown } from './names.ts'

/**
 * Unpacks the archive of a build into an empty folder, by the rule on links and kinds of files. The build ran foreign code: nothing it wrote
 * is trusted but what the archive's digest was taken of. Links become what they lead to, files of the archive alone, so that there is no link
 * to follow; those that `excluded` leaves out need not be sound. Throws 'bad-input' with every problem.
 */
export async function unpackArchive(packing: Packing, archive: string, digest: Digest, into: string, excluded: Exclude): Promise<void> {
  const { files, archiver } = packing
  await requireDigest(packing, archive, digest)
  const problems: Problem[] = []
  const there = new Set<string>()
  const links: (readonly [name: string, target: string])[] = []
  let count = 0
  let bytes = 0
  const tell = (name: string, fault: string): void =>
    void problems.push({
      file: shown(archive),
      line: 1,
      column: 1,
      message: `'${shown(name)}' in the archive ${fault}`,
      hint: 'build it anew without it',
    })
  for await (const member of archiver.tar(files, archive)) {
    packing.interrupted?.throwIfAborted()
    const name = normalize(member.name).replace(/\/$/, '')
    if (++count > MOST_FILES) throw tooMuch(archive, `more than ${MOST_FILES} entries`)
    bytes += member.bytes
    if (bytes > MOST_BYTES) throw tooMuch(archive, `more than ${MOST_BYTES / 2 ** 30} GiB`)
    const fault = nameFault(member.name.replace(/\/$/, '') || '.') ?? kindFault(member)
    if (fault !== undefined) tell(member.name, fault)
    else if (member.type === 'link') links.push([name, isAbsolute(member.link) ? member.link : normalize(join(dirname(name), member.link))])
    else if (member.type === 'hard-link') links.push([name, normalize(member.link)])
    else if (member.type === 'file' && there.has(name)) tell(name, 'is there twice')
    else if (member.type === 'file') {
      there.add(name)
      await files.writeNew(join(into, name), member.content, (member.mode & 0o111) !== 0)
    }
  }
  for (const [name, target] of links) {
    if (there.has(target) && !there.has(name)) {
      const facts = await files.facts(join(into, target))
      await files.writeNew(join(into, name), files.stream(join(into, target)), facts?.executable === true)
    } else if (!excluded(name, false) && !excluded(name, true)) tell(name, `is a link to no file of the archive, but to '${shown(target)}'`)
  }
  if (problems.length > 0) throw refuse(`'${shown(archive)}'`, problems)
}

function kindFault({ type, mode }: TarMember): string | undefined {
  if (type === 'other') return 'is neither file nor folder, but a device, a socket or a pipe'
  return type === 'file' && (mode & 0o6000) !== 0 ? 'has a set-user-id or set-group-id bit' : undefined
}

async function requireDigest({ files, interrupted }: Packing, archive: string, digest: Digest): Promise<void> {
  const sum = digesting()
  for await (const piece of files.stream(archive)) {
    interrupted?.throwIfAborted()
    sum.add(piece)
  }
  const found = sum.digest()
  if (found === digest) return
  throw new TowpathError('bad-input', `the archive '${shown(archive)}' has digest ${found}, not ${digest}`, {
    hint: 'it is not the one that the build made: hand over the digest with the archive, of the same run',
  })
}

function tooMuch(archive: string, what: string): TowpathError {
  return new TowpathError('bad-input', `the archive '${shown(archive)}' holds ${what}`, { hint: 'leave some out of artefact.path' })
}

import { documentBytes, readDocument } from '../bucket/documents.ts'
import { ownerKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { TowpathError } from '../errors.ts'
import type { Log } from '../log.ts'

/** The repository that may release under a service's name. */
export interface Owner {
  readonly schema: 'towpath/owner@1'
  readonly service: string
  /** GitHub's id of the repository, which a rename does not change; null where it was not known. */
  readonly id: string | null
  readonly name: string | null
}

/** Which repository releases, as far as it is known. */
export interface Repository {
  readonly id: string | null
  readonly name: string | null
}

/** Reads `--repository`: an id, a name (`owner/name`), or both (`owner/name#id`). Throws 'bad-input' for anything else. */
export function parseRepository(text: string): Repository {
  const { name, id, only } = /^(?:(?<only>\d+)|(?<name>[\w.-]+\/[\w.-]+)(?:#(?<id>\d+))?)$/.exec(text)?.groups ?? {}
  if (only === undefined && name === undefined)
    throw new TowpathError('bad-input', `'${text}' is no repository`, { hint: 'write owner/name, its id, or owner/name#id' })
  return { id: only ?? id ?? null, name: name ?? null }
}

/**
 * Holds a service's name to the repository that first released it. Not known who we are: nothing is claimed, a claimed name is refused,
 * an unclaimed one passes and is told.
 * @param unclaimable Why this run claims no name: one that is not claimed stays so, which is told.
 */
export async function claimName(
  objects: Objects,
  service: string,
  repository: Repository,
  transfer: boolean,
  log: Log,
  unclaimable?: string,
): Promise<void> {
  const key = ownerKey(service)
  const known = repository.id !== null || repository.name !== null
  const mine: Owner = { schema: 'towpath/owner@1', service, id: repository.id, name: repository.name }
  const bytes = documentBytes({ ...mine })
  const found = await readDocument<Owner>(objects, key, 'towpath/owner@1')
  if (found === undefined) {
    if (!known)
      log.warn(
        `the service name '${service}' is not claimed: nobody owns it yet, and this repository is not known (towpath create-release --repository owner/name claims it)`,
      )
    else if (unclaimable !== undefined) log.warn(`the service name '${service}' is not claimed: ${unclaimable}`)
    else if ((await objects.create(key, bytes)) === 'exists') return claimName(objects, service, repository, transfer, log)
    return
  }
  if (isSame(found.value, repository)) return
  if (!known || !transfer) throw notTheirs(service, found.value, repository)
  if ((await objects.replace(key, bytes, found.etag)) === 'changed')
    throw new TowpathError('failed', `the owner of service '${service}' was changed by another run at the same time`, {
      blame: 'service',
      hint: 'run it again',
    })
  log.warn(`the service name '${service}' was transferred from ${printRepository(found.value)} to ${printRepository(repository)}`)
}

/** Who owns a service's name where there is no register; undefined if nobody does yet. */
export async function readOwner(objects: Objects, service: string): Promise<Owner | undefined> {
  return (await readDocument<Owner>(objects, ownerKey(service), 'towpath/owner@1'))?.value
}

export function isSame(owner: Repository, repository: Repository): boolean {
  if (owner.id !== null && repository.id !== null) return owner.id === repository.id
  return owner.name !== null && repository.name !== null && owner.name.toLowerCase() === repository.name.toLowerCase()
}

export function notTheirs(service: string, owner: Owner, repository: Repository): TowpathError {
  if (repository.id === null && repository.name === null)
    return new TowpathError(
      'conflict',
      `the service name '${service}' belongs to ${printRepository(owner)}, and this repository is not known`,
      {
        hint: 'release it from a workflow of that repository, or say which this is: towpath create-release --repository owner/name',
      },
    )
  return new TowpathError(
    'conflict',
    `the service name '${service}' belongs to ${printRepository(owner)}, not to ${printRepository(repository)}`,
    {
      hint: "choose another 'service' in service.yml, or give --transfer to towpath create-release if the service moved here",
    },
  )
}

export function printRepository({ name, id }: Repository): string {
  return name === null ? `repository ${id}` : `${name}${id === null ? '' : ` (id ${id})`}`
}

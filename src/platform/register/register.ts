import { readDocument, type Stored } from '../../bucket/documents.ts'
import { registerKey } from '../../bucket/keys.ts'
import type { Objects } from '../../bucket/objects.ts'
import { TowpathError } from '../../errors.ts'
import type { GateLevels, Platform, RegisteredService, SubjectForm } from '../platform.ts'

/** A service as the register holds it. */
export interface Registered {
  readonly repository: string
  /** GitHub's numbers of the repository and of its owner. */
  readonly id: string
  readonly ownerId: string
  readonly subject: SubjectForm
  readonly branches: readonly string[]
  /** Null for the platform itself. */
  readonly blueprint: string | null
  /** Where service.yml is: never a right. */
  readonly path: string
  /** By environment. */
  readonly stacks: Readonly<Record<string, readonly string[]>>
}

/**
 * What holds for all services now: read anew by every verb, so it holds for pinned services and for rollbacks to old releases too. Without
 * `services` there is no register of services, and a name belongs to the first repository that releases under it.
 */
export interface Register {
  readonly schema: 'towpath/register@1'
  readonly platform: string
  /** The platform version that it was written with. */
  readonly version: string
  readonly workflows?: readonly string[]
  readonly operators?: readonly string[]
  readonly services?: Readonly<Record<string, Registered>>
  /** The levels that platform.yml names. */
  readonly gates?: GateLevels
}

/** The register that a platform.yml makes. What it does not name is absent. */
export function registerOf({ name, version, workflows, operators, services, gates }: Platform): Register {
  return {
    schema: 'towpath/register@1',
    platform: name.value,
    version: version.value,
    ...(workflows.length > 0 ? { workflows: workflows.map(({ value }) => value) } : {}),
    ...(operators.length > 0 ? { operators: operators.map(({ value }) => value) } : {}),
    ...(services ? { services: Object.fromEntries([...services].map(([service, { value }]) => [service, stored(value)])) } : {}),
    ...(Object.keys(gates).length > 0 ? { gates } : {}),
  }
}

function stored({ repository, id, ownerId, subject, branches, blueprint, path, stacks }: RegisteredService): Registered {
  return {
    repository: repository.value,
    id: id.value,
    ownerId: ownerId.value,
    subject,
    branches,
    blueprint: blueprint?.value ?? null,
    path,
    stacks: Object.fromEntries([...stacks].map(([environment, { value }]) => [environment, value.map((name) => name.value)])),
  }
}

/** The register as it is now; undefined where none was ever published. A denial is never taken for that: it throws 'denied', with the way out. */
export async function readRegister(objects: Objects): Promise<Stored<Register> | undefined> {
  try {
    return await readDocument<Register>(objects, registerKey, 'towpath/register@1')
  } catch (error) {
    if (!(error instanceof TowpathError) || error.code !== 'denied') throw error
    throw new TowpathError('denied', `who may deploy which service cannot be read: ${error.message}`, {
      cause: error,
      hint: `roles and buckets that an earlier version of towpath made do not allow it: run towpath bootstrap --bucket ${objects.bucket} first, then towpath bootstrap --bucket ${objects.bucket} --environment <environment> for each environment`,
    })
  }
}

/** A service in a register, by its own name alone. */
export function registered({ services = {} }: Pick<Register, 'services'>, service: string): Registered | undefined {
  return Object.hasOwn(services, service) ? services[service] : undefined
}

import type { Objects } from '../bucket/objects.ts'
import { retryingObjects } from '../bucket/retrying.ts'
import { TowpathError } from '../errors.ts'
import type { Origin } from '../origin.ts'
import { type Register, type Registered, readRegister, registered } from '../platform/register/register.ts'
import type { EnvironmentEntry } from '../platform/release.ts'
import { type Caller, groundOfIdentity, isRegistered, notRegistered, requireBlueprint, unknownService } from '../release/admission.ts'
import type { Manifest } from '../release/manifest.ts'
import { claimName, isSame, notTheirs, parseRepository, readOwner } from '../release/owner.ts'
import { requireServiceName } from '../service/names.ts'
import type { World } from './world.ts'

/** Somebody who may act for a service. */
export interface Admitted {
  readonly caller: Caller
  /** Undefined without a register: then a name belongs to whoever released first. */
  readonly entry: Registered | undefined
  /** Set if they act by an operator's role. */
  readonly as: Origin['as']
}

/** For which service, and where, somebody wants to act. */
export interface Request {
  readonly service: string
  /** A folder of the repository at hand. */
  readonly path: string
  /** The flag --repository. */
  readonly repository: string | undefined
  /** True if a release is composed, which claims the name where there is no register: that is judged there. */
  readonly composes?: boolean
  /** Undefined: nothing of an environment is touched. */
  readonly environment: EnvironmentEntry | undefined
}

/**
 * Makes sure, before any lock, that whoever acts for a service is its repository, an operator, or the service's own role, by the register as
 * it is now. This keeps accidents away; IAM is the wall. Throws 'conflict'.
 */
export async function admit(world: World, bucket: Objects, request: Request): Promise<Admitted> {
  const { service } = request
  const objects = retryingObjects(bucket, world.clock)
  requireServiceName(service)
  const register = (await readRegister(objects))?.value
  const caller = await callerOf(world, request)
  if (register?.services === undefined) {
    if (request.composes !== true) await requireOwner(world, objects, service, caller)
    return { caller, entry: undefined, as: undefined }
  }
  const entry = registered(register, service)
  if (entry === undefined) throw unknownService(service, Object.keys(register.services), caller)
  if (caller.told === 'workflow' && isRegistered(caller, entry)) return { caller, entry, as: undefined }
  const ground = await identityGround(world, register, request)
  if (ground === undefined && !isRegistered(caller, entry)) throw notRegistered(caller, service, entry)
  return { caller, entry, as: ground === 'operator' ? 'operator' : undefined }
}

/** The events of runs that bring code which nobody has taken in yet. */
const proposals: ReadonlySet<string> = new Set(['pull_request', 'pull_request_target'])

/**
 * Holds a release that is composed to the register; without one, its name is claimed for the repository that first releases under it. Throws
 * 'conflict', before anything is stored.
 */
export async function takeName(world: World, objects: Objects, manifest: Manifest, admitted: Admitted, transfer: boolean): Promise<void> {
  const { service, blueprint } = manifest
  const { entry, caller } = admitted
  if (entry === undefined) {
    const why = proposals.has(world.workflow?.event ?? '')
      ? 'a pull request claims none'
      : caller.told === 'remote'
        ? 'a git remote claims none (towpath create-release --repository owner/name does)'
        : undefined
    return claimName(objects, service, caller.repository, transfer, world.log, why)
  }
  if (transfer)
    throw new TowpathError('bad-input', `--transfer has no effect: the register says whose '${service}' is`, {
      hint: `change 'services.${service}' in platform.yml instead`,
    })
  requireBlueprint(service, blueprint, entry)
}

/** Which repository this is: what GitHub says where it runs us, else the flag, else the git remote. */
async function callerOf(world: World, { path, repository }: Request): Promise<Caller> {
  const origin = await world.origin(path)
  const said = repository === undefined ? undefined : parseRepository(repository)
  if (origin.repositoryId !== null) {
    const own = { id: origin.repositoryId, name: origin.repository }
    if (said && !isSame(own, said))
      throw new TowpathError('bad-input', `--repository is '${repository}', and this workflow is of ${own.name} (id ${own.id})`, {
        hint: 'leave it out: in a workflow its own repository counts',
      })
    return { repository: own, told: 'workflow' }
  }
  if (said) return { repository: said, told: 'flag' }
  const name = await remoteName(world, path)
  return { repository: { id: null, name }, told: name === null ? 'nobody' : 'remote' }
}

/** `owner/name` of the remote that a working directory was cloned from; null if there is none, or it is on this machine. */
async function remoteName({ processes }: World, folder: string): Promise<string | null> {
  const url = await processes.run('git', ['remote', 'get-url', 'origin'], { folder, timeoutMilliseconds: 5_000 }).catch(() => undefined)
  const [, name] = /^(?:(?:https?|ssh):\/\/[^/\s]+\/|[\w.-]+@[\w.-]+:)([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(url?.trim() ?? '') ?? []
  return name ?? null
}

/** Without a register: a name that another repository owns is refused; who is not known passes, which is told. */
async function requireOwner({ log }: World, objects: Objects, service: string, { repository, told }: Caller): Promise<void> {
  const owner = await readOwner(objects, service)
  if (owner === undefined || isSame(owner, repository)) return
  if (told === 'workflow' || told === 'flag') throw notTheirs(service, owner, repository)
  log.warn(
    `the service name '${service}' belongs to ${owner.name ?? `repository ${owner.id}`}, and nobody says that this is done for it: --repository does`,
  )
}

async function identityGround(world: World, { operators = [] }: Register, { service, environment }: Request) {
  if (environment === undefined) {
    // No account is at stake: only who is named whole counts.
    const { arn, account } = await world.identity(world.region ?? 'us-east-1')
    return groundOfIdentity(arn, service, operators, { environment: '', account, partition: partitionOf(arn) })
  }
  const { arn } = await world.identity(environment.region)
  const place = { environment: environment.environment, account: environment.account, partition: partitionOf(arn) }
  return arn.split(':')[4] === environment.account ? groundOfIdentity(arn, service, operators, place) : undefined
}

function partitionOf(arn: string): string {
  return arn.split(':')[1] ?? 'aws'
}

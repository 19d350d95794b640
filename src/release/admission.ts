import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { Registered } from '../platform/register/register.ts'
import { isActingAs } from '../role.ts'
import { printRepository, type Repository } from './owner.ts'

/** Who wants to act for a service, as far as it is known. */
export interface Caller {
  readonly repository: Repository
  /** Who says which repository it is: GitHub in a workflow, the person by a flag, or the git remote at hand. */
  readonly told: 'workflow' | 'flag' | 'remote' | 'nobody'
}

/** Whom the cloud takes the caller for, where it is asked: an ARN of STS or IAM. */
export interface Place {
  readonly environment: string
  /** The environment's account: an operator's or a service's role is one of there. */
  readonly account: string
  readonly partition: string
}

/** By what somebody may act for a service. */
export type Ground = 'repository' | 'operator' | 'role'

/** What an identity gives the right to, whatever the repository; undefined: nothing. A role that all services share is nobody's own. */
export function groundOfIdentity(
  arn: string,
  service: string,
  operators: readonly string[],
  { environment, account, partition }: Place,
): Exclude<Ground, 'repository'> | undefined {
  const role = (name: string): string => `arn:${partition}:iam::${account}:role/${name}`
  const people = [...operators, role(`towpath-${environment}-operator`)]
  if (people.some((one) => one === arn || isActingAs(arn, one))) return 'operator'
  return isActingAs(arn, role(`towpath-${environment}-${service}-deploy`)) ? 'role' : undefined
}

/** True if a caller is a registered service's repository: by id in a workflow, where a name can be another's by now; by what is known elsewhere. */
export function isRegistered({ repository: { id, name }, told }: Caller, entry: Registered): boolean {
  if (told === 'workflow' || id !== null) return id === entry.id
  return name !== null && name.toLowerCase() === entry.repository.toLowerCase()
}

/** The error for a caller who is none of those that may act for a registered service. */
export function notRegistered({ repository, told }: Caller, service: string, entry: Registered): TowpathError {
  const owner = printRepository({ name: entry.repository, id: entry.id })
  if (told === 'nobody')
    return new TowpathError('conflict', `service '${service}' is of ${owner}, and this repository is not known`, {
      hint: `run it in a workflow of that repository, in its checkout, or say which this is: --repository ${entry.repository}; an operator acts by their role`,
    })
  const renamed = told === 'workflow' && repository.name?.toLowerCase() === entry.repository.toLowerCase()
  return new TowpathError('conflict', `service '${service}' is of ${owner}, not of ${printRepository(repository)}`, {
    hint: renamed
      ? "a repository that was deleted and made again has another id: correct 'id' under 'services' in platform.yml"
      : "correct the service's name, or its line under 'services' in platform.yml; an operator acts by their role",
  })
}

/** The error for a service that a register does not hold. */
export function unknownService(service: string, known: Iterable<string>, { repository: { name } }: Caller): TowpathError {
  const near = suggest(service, known)
  return new TowpathError('conflict', `the platform's register has no service '${service}'`, {
    hint: `${near}${near === '' ? '' : '\n'}have the platform team add it under 'services' in platform.yml: towpath github-id --repository ${name ?? '<owner>/<name>'} prints the line`,
  })
}

/** Holds a composed release to the blueprint that the service's roles were made for. */
export function requireBlueprint(service: string, blueprint: string | null, { blueprint: made }: Registered): void {
  if (blueprint === made) return
  throw new TowpathError('conflict', `service.yml of '${service}' follows blueprint '${blueprint}', and the register says '${made}'`, {
    hint: "its roles are made for that one: follow it, or have the platform team change 'blueprint' under 'services' in platform.yml",
  })
}

/** Holds the names of a release's stacks to the service's own, and those that the platform gave it in this environment. */
export function requireStackNames(names: readonly (string | null)[], service: string, environment: string, { stacks }: Registered): void {
  const given = Object.hasOwn(stacks, environment) ? stacks[environment] : undefined
  for (const name of names) {
    if (name === null || name.startsWith(`${service}-${environment}-`) || given?.includes(name)) continue
    throw new TowpathError('conflict', `service '${service}' names a stack '${name}', which is not its own in ${environment}`, {
      hint: `only the platform can give it: add it to 'services.${service}.stacks.${environment}' in platform.yml`,
    })
  }
}

import type { Digest } from '../digest.ts'
import { toData } from '../document/data.ts'
import type { Json } from '../json.ts'
import { printReference } from '../service/reference.ts'
import type { Parameters, ParameterValue, Tags } from '../service/service.ts'
import type { Blueprint, Platform, Roles, StackRecipe } from './platform.ts'
import { isKeptAsWritten, keysUnsupportedByUse } from './unsupported.ts'

/** A parameter's value as it is stored. */
export type StoredValue = ParameterValue

/** How one stack is made, as it is published. */
export interface StoredRecipe {
  readonly template: string
  /** References in the grammar of design 6. */
  readonly inputs: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, StoredValue>>
}

export interface StoredBlueprint {
  readonly stacks: Readonly<Record<string, StoredRecipe>>
  readonly ship: string
  readonly tags: Readonly<Record<string, string>>
  /** Keys that this blueprint has and the publishing version could not act on: refused when a service uses it. */
  readonly unsupported: readonly string[]
  /** The blueprint as it was written, if it has more than stacks: how its code is shipped and configured is read off it (code.ts). */
  readonly written: Json | null
}

/** A published platform: all that determines what a deployment on it puts live, and nothing of where its environments are. */
export interface PlatformRelease {
  readonly schema: 'towpath/platform-release@1'
  readonly platform: string
  readonly version: string
  /** Templates by file name, and the archive of each role. */
  readonly templates: Readonly<Record<string, Digest>>
  readonly roles: Readonly<Record<string, Digest>>
  /** Playbooks by path, so that a later version can use what was published today. */
  readonly playbooks: Readonly<Record<string, Digest>>
  readonly stacks: Readonly<Record<string, StoredRecipe>>
  readonly blueprints: Readonly<Record<string, StoredBlueprint>>
  /** By environment: tags, and parameters by stack. */
  readonly environments: Readonly<Record<string, StoredEnvironment>>
  /** True if cfn-lint is to be asked; absent if not. */
  readonly lint?: true
}

/** What an environment gives the stacks that go there. */
export interface StoredEnvironment {
  readonly tags: Readonly<Record<string, string>>
  /** By stack. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, StoredValue>>>>
}

/** Where an environment is: read anew by every deployment, so that an old release goes to where it is now. */
export interface EnvironmentEntry {
  readonly schema: 'towpath/environment@1'
  readonly environment: string
  readonly account: string
  readonly region: string
  /** Null: the platform bucket. */
  readonly bucket: string | null
  /** Absent: there are none, or the entry is of a version that knew of none. */
  readonly roles?: Roles
}

/** The content of a platform's files, by digest. */
export interface PlatformFiles {
  readonly templates: Readonly<Record<string, Digest>>
  readonly roles: Readonly<Record<string, Digest>>
  readonly playbooks: Readonly<Record<string, Digest>>
}

/** What is published of a platform descriptor and its files. */
export function platformRelease(platform: Platform, files: PlatformFiles): PlatformRelease {
  return {
    schema: 'towpath/platform-release@1',
    platform: platform.name.value,
    version: platform.version.value,
    ...files,
    stacks: mapNamed(platform.stacks, storedRecipe),
    blueprints: mapNamed(platform.blueprints, storedBlueprint),
    environments: mapNamed(platform.environments, ({ tags, parameters }) => ({
      tags: plainTags(tags),
      parameters: mapNamed(parameters, plainParameters),
    })),
    ...(platform.lint ? { lint: true } : {}),
  }
}

/** Every file of a release under the name by which people know it. */
export function inventoryOf({ templates, roles, playbooks }: PlatformRelease): Record<string, Digest> {
  const named = (prefix: string, files: Readonly<Record<string, Digest>>): [string, Digest][] =>
    Object.entries(files).map(([name, digest]) => [`${prefix}${name}`, digest])
  return Object.fromEntries([...named('cloudFormation/', templates), ...named('ansible/roles/', roles), ...named('', playbooks)])
}

/** The pointers to a platform's environments, by name. */
export function environmentEntries(platform: Platform): Readonly<Record<string, EnvironmentEntry>> {
  return mapNamed(platform.environments, ({ account, region, bucket, roles }, environment) => ({
    schema: 'towpath/environment@1',
    environment,
    account: account.value,
    region: region.value,
    bucket: bucket?.value ?? null,
    // Left out where there are none, so that the entry is what it was.
    ...(Object.keys(roles).length > 0 ? { roles: plainRoles(roles) } : {}),
  }))
}

function plainRoles(roles: Roles<{ readonly value: string }>): Roles {
  return Object.fromEntries(Object.entries(roles).map(([purpose, { value }]) => [purpose, value]))
}

export function plainParameters(parameters: Parameters): Record<string, StoredValue> {
  return mapNamed(parameters, (value) => value)
}

export function plainTags(tags: Tags): Record<string, string> {
  return mapNamed(tags, (value) => value)
}

function storedBlueprint(blueprint: Blueprint): StoredBlueprint {
  const unsupported = keysUnsupportedByUse(blueprint)
  return {
    stacks: mapNamed(blueprint.stacks, storedRecipe),
    ship: blueprint.ship.with,
    tags: plainTags(blueprint.tags),
    unsupported,
    written: isKeptAsWritten(blueprint) ? toData(blueprint.node) : null,
  }
}

function storedRecipe({ template, inputs, parameters }: StackRecipe): StoredRecipe {
  return { template: template.value, inputs: mapNamed(inputs, printReference), parameters: plainParameters(parameters) }
}

function mapNamed<T, R>(named: ReadonlyMap<string, { readonly value: T }>, take: (value: T, name: string) => R): Record<string, R> {
  return Object.fromEntries([...named].map(([name, { value }]) => [name, take(value, name)]))
}

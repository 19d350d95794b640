import type { Digest } from '../digest.ts'
import { printReference } from '../service/reference.ts'
import type { Parameters, ParameterValue, Tags } from '../service/service.ts'
import type { Platform, StackRecipe } from './platform.ts'

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
  readonly environments: Readonly<
    Record<
      string,
      {
        readonly tags: Readonly<Record<string, string>>
        readonly parameters: Readonly<Record<string, Readonly<Record<string, StoredValue>>>>
      }
    >
  >
}

/** Where an environment is: read anew by every deployment, so that an old release goes to where it is now. */
export interface EnvironmentEntry {
  readonly schema: 'towpath/environment@1'
  readonly environment: string
  readonly account: string
  readonly region: string
  /** Null: the platform bucket. */
  readonly bucket: string | null
}

/** The content of a platform's files, by digest. */
export interface PlatformFiles {
  readonly templates: Readonly<Record<string, Digest>>
  readonly roles: Readonly<Record<string, Digest>>
  readonly playbooks: Readonly<Record<string, Digest>>
}

/** What is published of a platform descriptor and its files. `unsupported` names, by blueprint, the keys this version cannot do yet. */
export function platformRelease(
  platform: Platform,
  files: PlatformFiles,
  unsupported: (blueprint: string) => readonly string[],
): PlatformRelease {
  return {
    schema: 'towpath/platform-release@1',
    platform: platform.name.value,
    version: platform.version.value,
    ...files,
    stacks: mapNamed(platform.stacks, storedRecipe),
    blueprints: mapNamed(platform.blueprints, (blueprint, name) => ({
      stacks: mapNamed(blueprint.stacks, storedRecipe),
      ship: blueprint.ship.with,
      tags: plainTags(blueprint.tags),
      unsupported: unsupported(name),
    })),
    environments: mapNamed(platform.environments, ({ tags, parameters }) => ({
      tags: plainTags(tags),
      parameters: mapNamed(parameters, plainParameters),
    })),
  }
}

/** The pointers to a platform's environments, by name. */
export function environmentEntries(platform: Platform): Readonly<Record<string, EnvironmentEntry>> {
  return mapNamed(platform.environments, ({ account, region, bucket }, environment) => ({
    schema: 'towpath/environment@1',
    environment,
    account: account.value,
    region: region.value,
    bucket: bucket?.value ?? null,
  }))
}

export function plainParameters(parameters: Parameters): Record<string, StoredValue> {
  return mapNamed(parameters, (value) => value)
}

export function plainTags(tags: Tags): Record<string, string> {
  return mapNamed(tags, (value) => value)
}

function storedRecipe({ template, inputs, parameters }: StackRecipe): StoredRecipe {
  return { template: template.value, inputs: mapNamed(inputs, printReference), parameters: plainParameters(parameters) }
}

function mapNamed<T, R>(named: ReadonlyMap<string, { readonly value: T }>, take: (value: T, name: string) => R): Record<string, R> {
  return Object.fromEntries([...named].map(([name, { value }]) => [name, take(value, name)]))
}

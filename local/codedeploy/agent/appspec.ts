import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { hookable } from '../events.ts'
import { AgentError } from './diagnostics.ts'

export interface Hook {
  readonly location: string
  readonly timeoutSeconds: number
  readonly runas: string | undefined
  readonly sudo: boolean
}

export interface Permission {
  readonly object: string
  readonly pattern: string
  readonly owner: string | undefined
  readonly group: string | undefined
  /** Octal digits. */
  readonly mode: string | undefined
}

export interface AppSpec {
  readonly files: readonly { readonly source: string; readonly destination: string }[]
  readonly fileExists: string | undefined
  readonly permissions: readonly Permission[]
  readonly hooks: ReadonlyMap<string, readonly Hook[]>
}

const TIMEOUT_SECONDS = 3_600

/** Reads the AppSpec of a revision that was unpacked. Throws as the agent does. */
export async function readAppSpec(archive: string): Promise<AppSpec> {
  const text = await readFile(join(archive, 'appspec.yml'), 'utf8').catch(() => {
    throw new AgentError(
      5,
      `The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory at revision-relative path "appspec.yml". The revision was unpacked to directory "${archive}", and the AppSpec file was expected but not found at path "${join(archive, 'appspec.yml')}".`,
    )
  })
  const spec = fieldsOf(parse(text))
  if (Number(spec.version) !== 0) throw invalid(`unsupported version: ${String(spec.version)}`)
  if (spec.os !== 'linux') throw invalid(`unsupported operating system: ${String(spec.os)}`)
  const hooks = fieldsOf(spec.hooks)
  const unknown = Object.keys(hooks).filter((event) => !hookable.includes(event))
  if (unknown.length > 0) throw invalid(`file contains unknown lifecycle events: ${JSON.stringify(unknown)}`)
  return {
    files: listOf(spec.files).map((file) => ({ source: textOf(file.source) ?? '/', destination: textOf(file.destination) ?? '/' })),
    fileExists: textOf(spec.file_exists_behavior),
    permissions: listOf(spec.permissions).map(permissionOf),
    hooks: new Map(Object.entries(hooks).map(([event, scripts]) => [event, listOf(scripts).map(hookOf)])),
  }
}

function hookOf({ location, timeout, runas, sudo }: Fields): Hook {
  const path = textOf(location)
  if (path === undefined) throw invalid('a script has no location')
  return { location: path, timeoutSeconds: Number(timeout ?? TIMEOUT_SECONDS), runas: textOf(runas), sudo: sudo === true }
}

function permissionOf({ object, pattern, owner, group, mode }: Fields): Permission {
  return {
    object: textOf(object) ?? '/',
    pattern: textOf(pattern) ?? '**',
    ...{ owner: textOf(owner), group: textOf(group) },
    mode: mode === undefined ? undefined : String(mode),
  }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function invalid(what: string): AgentError {
  return new AgentError(5, `The deployment failed because the application specification file is not valid: ${what}`)
}

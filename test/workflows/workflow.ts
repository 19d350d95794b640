import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'

/** The parts of a workflow file that the rules look at. actionlint has seen to its shape. */
export interface Workflow {
  readonly on: Readonly<Record<string, unknown>> & { readonly workflow_call?: Interface | null }
  readonly permissions?: unknown
  readonly concurrency?: Concurrency
  readonly jobs: Readonly<Record<string, Job>>
}

interface Interface {
  readonly inputs?: Readonly<Record<string, Input>>
  readonly secrets?: Readonly<Record<string, Input>>
  readonly outputs?: Readonly<Record<string, unknown>>
}

export interface Input {
  readonly required?: boolean
  readonly default?: unknown
}

export interface Concurrency {
  readonly group: string
  readonly queue?: string
  readonly 'cancel-in-progress'?: unknown
}

export interface Job {
  readonly 'runs-on'?: string
  readonly 'timeout-minutes'?: number
  readonly permissions?: Readonly<Record<string, string>>
  readonly environment?: { readonly name: string; readonly deployment?: boolean }
  readonly concurrency?: Concurrency
  readonly env?: unknown
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly secrets?: Readonly<Record<string, string>> | 'inherit'
  readonly steps?: readonly Step[]
}

export interface Step {
  readonly id?: string
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, unknown>>
}

export interface Action {
  readonly inputs?: Readonly<Record<string, Input>>
  readonly outputs?: Readonly<Record<string, unknown>>
}

export interface File {
  /** Relative to the repository. */
  readonly path: string
  readonly text: string
  readonly workflow: Workflow
}

export const root = resolve(import.meta.dirname, '../..')

/** A workflow of this repository, some of its text replaced: what was to be replaced must be there. */
export function workflowAt(path: string, replaced: Readonly<Record<string, string>> = {}): File {
  let text = readFileSync(join(root, path), 'utf8')
  for (const [from, to] of Object.entries(replaced)) {
    if (!text.includes(from)) throw new Error(`${path} has no '${from}'`)
    text = text.replace(from, to)
  }
  return { path, text, workflow: parse(text) as Workflow }
}

/** The workflows in a folder of this repository, by name. */
export function workflowsIn(folder: string): readonly File[] {
  const names = readdirSync(join(root, folder)).filter((name) => /\.ya?ml$/.test(name))
  return names.sort().map((name) => workflowAt(`${folder}/${name}`))
}

/** An action of this repository by its folder; undefined if there is none. */
export function actionAt(folder: string): Action | undefined {
  const file = join(root, folder, 'action.yml')
  return existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Action) : undefined
}

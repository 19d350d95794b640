import { isAbsolute, relative, sep } from 'node:path'
import { asTowpathError, type TowpathError } from '../errors.ts'
import type { Shorten } from '../render/error.ts'

/** The error of an action that failed. Any error that is not a TowpathError is a bug of ours. */
export function failureOf(thrown: unknown): TowpathError {
  return asTowpathError(thrown, 'towpath', 'please report this with the lines of the log and the step of the workflow')
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The stack trace of the first error in the chain of causes: the others only pass it on. */
export function stackTraceOf(error: Error): readonly string[] {
  let first = error
  while (first.cause instanceof Error) first = first.cause
  return (first.stack ?? first.message).split('\n')
}

/** Shortens a path in the workspace to its path relative to it. */
export function fromWorkspace(workspace: string): Shorten {
  return (path) => {
    if (!isAbsolute(path)) return path
    const near = relative(workspace, path)
    return near === '' || near === '..' || near.startsWith(`..${sep}`) ? path : near
  }
}

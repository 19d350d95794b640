import { isAbsolute, relative, sep } from 'node:path'
import { asTowpathError, type TowpathError } from '../errors.ts'
import type { Shorten } from '../render/error.ts'

/** What to do about a bug that an action met. */
export const REPORT = 'please report this with the lines of the log and the step of the workflow'

/** The error of an action that failed. Any error that is not a TowpathError is a bug of ours. */
export function failureOf(thrown: unknown): TowpathError {
  return asTowpathError(thrown, 'towpath', REPORT)
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

/** Shortens a path in a folder to its path relative to it. */
export function shortenFrom(folder: string): Shorten {
  return (path) => {
    if (!isAbsolute(path)) return path
    const near = relative(folder, path)
    return near === '' || near === '..' || near.startsWith(`..${sep}`) ? path : near
  }
}

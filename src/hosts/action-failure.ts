import { isAbsolute, relative, sep } from 'node:path'
import { TowpathError } from '../errors.ts'
import type { Shorten } from '../render/error.ts'

/** What was thrown, as an error of Towpath's: whatever else reaches a host is a bug of ours. */
export function asTowpathError(thrown: unknown): TowpathError {
  if (thrown instanceof TowpathError) return thrown
  return new TowpathError('bug', `towpath failed in a way it should not: ${messageOf(thrown)}`, {
    cause: thrown,
    hint: 'please report this with the lines of the log and the step of the workflow',
  })
}

/** What was thrown, in its own words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The stack of the error that began it all: those around it only pass it on. */
export function stackTraceOf(error: Error): readonly string[] {
  let first = error
  while (first.cause instanceof Error) first = first.cause
  return (first.stack ?? first.message).split('\n')
}

/** Shows paths from the workspace, if they lie there. */
export function fromWorkspace(workspace: string): Shorten {
  return (path) => {
    if (!isAbsolute(path)) return path
    const near = relative(workspace, path)
    return near === '' || near === '..' || near.startsWith(`..${sep}`) ? path : near
  }
}

import { TowpathError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'

/** How long an interrupted verb may take to close its record and release its lock before the process ends anyway. */
const GRACE_MILLISECONDS = 1_700

/** The signals that ask us to stop. */
export interface Signals {
  /** Aborted by the first signal. */
  readonly interrupted: AbortSignal
  /** Rejects when the time of a verb after the first signal is over, or when a second signal comes. Never resolves. */
  readonly over: Promise<never>
  /** Stops listening. */
  stop(): void
}

/**
 * Listens for SIGINT and SIGTERM. The third signal ends the process at once.
 * @param before Signals that were heard before somebody listened here.
 */
export function listen(
  process: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>,
  clock: Pick<Clock, 'sleep'>,
  before: readonly NodeJS.Signals[] = [],
): Signals {
  const controller = new AbortController()
  const stopped = new AbortController()
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => {})
  let heard = 0
  const hear = (signal: NodeJS.Signals): void => {
    heard += 1
    const error = new TowpathError('interrupted', `interrupted by ${signal}`)
    if (heard > 2) process.exit(130)
    if (heard > 1) over.reject(error)
    controller.abort(error)
    clock.sleep(GRACE_MILLISECONDS, stopped.signal).then(
      () => over.reject(error),
      () => {},
    )
  }
  process.on('SIGINT', hear)
  process.on('SIGTERM', hear)
  for (const signal of before) hear(signal)
  return {
    interrupted: controller.signal,
    over: over.promise,
    stop() {
      stopped.abort()
      process.off('SIGINT', hear)
      process.off('SIGTERM', hear)
    },
  }
}

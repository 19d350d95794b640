import { TowpathError } from '../errors.ts'

/** How long an interrupted verb may take to close its record and give its lock back before the process ends regardless. */
const GRACE_MILLISECONDS = 1_900

interface Signals {
  readonly interrupted: AbortSignal
  stop(): void
}

/** Turns the first SIGINT or SIGTERM into an aborted signal, and ends the process when the grace is over or a second one comes. */
export function listen(process: NodeJS.Process): Signals {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const end = (): never => process.exit(130)
  const hear = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) end()
    timer = setTimeout(end, GRACE_MILLISECONDS)
    controller.abort(new TowpathError('interrupted', `interrupted by ${signal}`))
  }
  process.on('SIGINT', hear)
  process.on('SIGTERM', hear)
  return {
    interrupted: controller.signal,
    stop() {
      clearTimeout(timer)
      process.off('SIGINT', hear)
      process.off('SIGTERM', hear)
    },
  }
}

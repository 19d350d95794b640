/**
 * Gives the result of some work, or throws the signal's reason as soon as the signal is aborted, without waiting for calls in flight. The
 * work itself goes on until it looks at the signal.
 */
export async function raceAbort<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise: called, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const working = work()
  // After an abort nobody hears the work fail.
  working.catch(() => {})
  try {
    return await Promise.race([working, called])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

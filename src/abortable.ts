/**
 * What some work comes to, or the signal's reason as soon as it is aborted: who is called off does not wait for calls in flight. The work
 * itself goes on until it looks at the signal.
 */
export async function raceAbort<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise: called, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const working = work()
  // Whichever comes second is nobody's any more.
  working.catch(() => {})
  try {
    return await Promise.race([working, called])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

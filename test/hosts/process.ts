/** A process that hears signals from a test, and notes that it was ended. */
export interface FakeProcess extends Pick<NodeJS.Process, 'on' | 'off' | 'exit'> {
  signal(name: 'SIGINT' | 'SIGTERM'): void
  /** The exit code, if it was ended on the spot. */
  readonly ended: number | undefined
  /** How many listeners it has. */
  readonly listening: number
}

export function fakeProcess(): FakeProcess {
  const listeners = new Map<string, Set<(signal: string) => void>>()
  let ended: number | undefined
  const fake = {
    on(name: string, listener: (signal: string) => void) {
      listeners.set(name, (listeners.get(name) ?? new Set()).add(listener))
      return fake
    },
    off(name: string, listener: (signal: string) => void) {
      listeners.get(name)?.delete(listener)
      return fake
    },
    exit(code: number) {
      ended ??= code
    },
    signal(name: string) {
      for (const listener of listeners.get(name) ?? []) listener(name)
    },
    get ended() {
      return ended
    },
    get listening() {
      return [...listeners.values()].reduce((sum, { size }) => sum + size, 0)
    },
  }
  return fake as unknown as FakeProcess
}

/** Counts what a client asks of the outside, over all its ports, and lets a test come between. */
export interface Interception {
  /** The same port, with the test between. Only methods that give a promise are counted. */
  on<T extends object>(port: T): T
  /** How many calls were made. */
  readonly calls: number
}

/** Something to do about the n-th call (from 1), of the method named, with what it was given. */
type Deed = (n: number, method: string, given: readonly unknown[]) => Promise<void> | void

/**
 * @param before Runs before the n-th call is made; one that never resolves keeps it from being made. @param after Runs before its reply is
 * given.
 */
export function intercept(before: Deed, after: Deed = () => {}): Interception {
  let calls = 0
  return {
    get calls() {
      return calls
    },
    on(port) {
      return new Proxy(port, {
        get(target, name, receiver) {
          const member: unknown = Reflect.get(target, name, receiver)
          if (typeof member !== 'function' || name === 'url') return member
          return async (...given: unknown[]) => {
            const n = ++calls
            await before(n, String(name), given)
            const reply: unknown = await member.apply(target, given)
            await after(n, String(name), given)
            return reply
          }
        },
      })
    },
  }
}

/** A client that is killed at its n-th call, before it is made or before its reply comes: nothing of it comes back from then on. */
export function killedAt(at: number, when: 'before' | 'after'): Interception & { readonly dead: Promise<void> } {
  const never = new Promise<void>(() => {})
  let die: () => void = () => {}
  const dead = new Promise<void>((resolve) => {
    die = resolve
  })
  const stop = (n: number, phase: typeof when): Promise<void> | void => {
    if (n < at || (n === at && phase !== when && when === 'after')) return
    die()
    return never
  }
  return Object.assign(
    intercept(
      (n) => stop(n, 'before'),
      (n) => stop(n, 'after'),
    ),
    { dead },
  )
}

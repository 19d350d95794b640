/** One request as the service would count it. */
export interface Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE' | 'LIST'
  /** The key, or the prefix of a LIST. */
  readonly key: string
  /** The size of the body that is sent. */
  readonly bytes: number
  /** Who made it, where the test told callers apart. */
  readonly caller: string
}

/** Which requests a fault meets: those that fit everything given; all, if nothing is. */
export interface Where {
  readonly method?: Request['method']
  /** The whole key, or one that ends in `*`, for all that begin so. */
  readonly key?: string
  readonly caller?: string
  /** The first fitting request it meets, counted from when the fault was made; default 1. */
  readonly nth?: number
  /** How many it meets from there; default 1. `Infinity` is a client that was killed, or a service that is gone. */
  readonly times?: number
}

/** A request that is held until it is let go. */
export interface Held {
  /** Resolves when the request has come to where it is held. */
  readonly reached: Promise<void>
  release(): void
}

/** What a test can do to requests. */
export interface Faults {
  /** Fails requests before they are applied; default as a service that does not answer. */
  fail(where: Where, error?: Error): void
  /** Applies requests and loses their replies. */
  drop(where: Where, error?: Error): void
  /** Holds a request back before it is applied, or its reply after. */
  hold(where: Where, when?: 'before' | 'after'): Held
  /** Does something just before a request is applied, such as what another writer does. */
  meanwhile(where: Where, deed: () => void): void
}

interface Fault {
  readonly where: Where
  met: number
  readonly before?: () => Promise<void> | void
  readonly after?: () => Promise<void> | void
}

/** @param silence The error of a request that is never answered. */
export function faults(silence: (request: Where) => Error): Faults & { around<T>(request: Request, apply: () => T): Promise<T> } {
  const made: Fault[] = []
  const throwing = (error: Error) => (): never => {
    throw error
  }

  function fits({ where }: Fault, request: Request): boolean {
    const { method = request.method, caller = request.caller, key = request.key } = where
    const named = key.endsWith('*') ? request.key.startsWith(key.slice(0, -1)) : request.key === key
    return method === request.method && caller === request.caller && named
  }

  function meets({ where: { nth = 1, times = 1 }, met }: Fault): boolean {
    return met >= nth && met < nth + times
  }

  return {
    fail: (where, error = silence(where)) => void made.push({ where, met: 0, before: throwing(error) }),
    drop: (where, error = silence(where)) => void made.push({ where, met: 0, after: throwing(error) }),
    meanwhile: (where, deed) => void made.push({ where, met: 0, before: deed }),
    hold(where, when = 'before') {
      const reached = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      const wait = (): Promise<void> => {
        reached.resolve()
        return released.promise
      }
      made.push({ where, met: 0, [when]: wait })
      return { reached: reached.promise, release: released.resolve }
    },
    async around(request, apply) {
      const fitting = made.filter((fault) => fits(fault, request))
      for (const fault of fitting) fault.met += 1
      const meeting = fitting.filter(meets)
      for (const { before } of meeting) await before?.()
      const answer = apply()
      for (const { after } of meeting) await after?.()
      return answer
    },
  }
}

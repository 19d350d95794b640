import type { Stacks } from '../../../src/stack/stacks.ts'

/** The calls of the port that take a stack or a change set. */
export type Call = Exclude<keyof Stacks, 'region'>

export interface Request {
  readonly call: Call
  /** The stack's name. */
  readonly stack: string
  /** Who called, where the test told callers apart. */
  readonly caller: string
  /** Virtual milliseconds at which it was sent. */
  readonly at: number
  /** The role that was named for CloudFormation to use, if one was. */
  readonly role?: string
}

/** Which requests a fault meets: those that fit everything given. */
export interface Where {
  readonly call: Call
  readonly stack?: string
  readonly caller?: string
  /** The first fitting request it meets, counted from when the fault was made; default 1. */
  readonly nth?: number
  /** How many it meets from there; default 1. */
  readonly times?: number
}

/** A request that is held until it is let go. */
export interface Held {
  /** Resolves when the request has arrived. */
  readonly reached: Promise<void>
  release(): void
}

interface Fault {
  readonly where: Where
  met: number
  /** Before the request is applied. */
  readonly before?: () => Promise<void> | void
  /** After it is applied, before its reply is heard. */
  readonly after?: () => Promise<void> | void
}

export interface Faults {
  /** Fails requests before they are applied. */
  fail(where: Where, error: Error): void
  /** Applies requests and loses their replies. */
  drop(where: Where, error: Error): void
  /** Holds a request back before it is applied, or its reply after. */
  hold(where: Where, when?: 'before' | 'after'): Held
  /** Runs the faults that a request meets around it. */
  around<T>(request: Request, work: () => T | Promise<T>): Promise<T>
}

export function faults(): Faults {
  const made: Fault[] = []

  const meets = ({ where, met }: Fault): boolean => met >= (where.nth ?? 1) && met < (where.nth ?? 1) + (where.times ?? 1)
  const fits = ({ where }: Fault, { call, stack, caller }: Request): boolean =>
    where.call === call && (where.stack ?? stack) === stack && (where.caller ?? caller) === caller

  function fail(where: Where, error: Error): void {
    const before = (): never => {
      throw error
    }
    made.push({ where, met: 0, before })
  }

  function drop(where: Where, error: Error): void {
    const after = (): never => {
      throw error
    }
    made.push({ where, met: 0, after })
  }

  function hold(where: Where, when: 'before' | 'after' = 'before'): Held {
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const wait = (): Promise<void> => {
      reached.resolve()
      return released.promise
    }
    made.push({ where, met: 0, [when]: wait })
    return { reached: reached.promise, release: released.resolve }
  }

  async function around<T>(request: Request, work: () => T | Promise<T>): Promise<T> {
    const fitting = made.filter((fault) => fits(fault, request))
    for (const fault of fitting) fault.met += 1
    const meeting = fitting.filter(meets)
    for (const fault of meeting) await fault.before?.()
    const answer = await work()
    for (const fault of meeting) await fault.after?.()
    return answer
  }

  return { fail, drop, hold, around }
}

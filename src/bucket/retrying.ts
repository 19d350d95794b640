import { isTransient } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Objects } from './objects.ts'

/** How often a request is made where S3 gives no answer, beyond what the client itself does. */
const ATTEMPTS = 4
/** Milliseconds between two of them. */
const GAP = 1_000

/**
 * The same bucket, asked again where it gives no answer. A write that is made again may be refused because of its own first attempt:
 * whoever creates or replaces through this must know its own work when it finds it there.
 */
export function retryingObjects(objects: Objects, clock: Clock): Objects {
  async function insist<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask()
      } catch (error) {
        if (!isTransient(error) || attempt === ATTEMPTS) throw error
        await clock.sleep(GAP)
      }
    }
  }
  return {
    bucket: objects.bucket,
    check: () => insist(() => objects.check()),
    get: (key, known) => insist(() => objects.get(key, known)),
    stream: (key) => insist(() => objects.stream(key)),
    stat: (key) => insist(() => objects.stat(key)),
    measure: (key) => insist(() => objects.measure(key)),
    create: (key, body, sent) => insist(() => objects.create(key, body, sent)),
    replace: (key, body, seen) => insist(() => objects.replace(key, body, seen)),
    remove: (key, seen) => insist(() => objects.remove(key, seen)),
    list: (prefix, only) => insist(() => objects.list(prefix, only)),
    url: (key) => objects.url(key),
  }
}

import { reply, type Told } from './sent.ts'

/** Ways in which GitHub does not do what it is asked. */
export type Outage =
  | 'down'
  | 'bad gateway'
  | 'unreachable'
  | 'hanging'
  | 'lost'
  | 'out of quota'
  | 'secondary limit'
  | 'too many'
  | 'forbidden'
  | 'conflict'
  | 'merged'

export const outages: readonly Outage[] = [
  'down',
  'bad gateway',
  'unreachable',
  'hanging',
  'lost',
  'out of quota',
  'secondary limit',
  'too many',
  'forbidden',
  'conflict',
  'merged',
]

/** Outages that only the creation of a deployment meets. */
export const ofCreation: ReadonlySet<Outage> = new Set(['conflict', 'merged'])

const page = '<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head><body>\n::error::no\n</body></html>'
const html = { 'content-type': 'text/html' }

/** What comes back in an outage; `lost` does what was asked, and the reply never comes. */
export async function outageReply(outage: Outage, answer: () => Told, now: Date): Promise<Told> {
  const date = now.toUTCString()
  switch (outage) {
    case 'down':
      return { status: 503, headers: html, text: page }
    case 'bad gateway':
      return reply(502, { message: 'Server Error' })
    case 'unreachable':
      throw Object.assign(new TypeError('fetch failed'), { cause: new Error('getaddrinfo ENOTFOUND api.github.test') })
    case 'hanging':
      return new Promise<never>(() => {})
    case 'lost':
      answer()
      throw Object.assign(new TypeError('fetch failed'), { cause: new Error('other side closed') })
    case 'out of quota':
      return reply(
        403,
        { message: 'API rate limit exceeded for installation.' },
        { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(now.getTime() / 1_000) + 1_380) },
      )
    case 'secondary limit':
      return reply(403, { message: 'You have exceeded a secondary rate limit.' }, { date, 'retry-after': '60' })
    case 'too many':
      return reply(429, { message: 'Too many requests' }, { date })
    case 'forbidden':
      return reply(403, { message: 'Resource not accessible by integration' })
    case 'conflict':
      return reply(409, { message: 'Conflict: Commit status checks failed for 1111111.' })
    case 'merged':
      return reply(202, { message: 'Auto-merged main into topic on deployment.' })
    default:
      return outage satisfies never
  }
}

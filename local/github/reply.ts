import type { Repository } from './repository.ts'

/** A request that GitHub's description has, read. */
export interface Ask {
  readonly repository: Repository
  /** Path and query parameters. */
  readonly parameter: (name: string) => string | undefined
  readonly body: Readonly<Record<string, unknown>>
  /** The time, as ISO 8601, later at each call. */
  readonly now: () => string
  /** A number nobody has had before. */
  readonly number: () => number
  /** Who asks. */
  readonly login: string
}

/** What is known of a reply; the rest is completed from the description. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
  /** A reply in pages: the items of all of them. */
  readonly items?: readonly unknown[]
}

export function ok(body: unknown): Reply {
  return { status: 200, body }
}

export function created(body: unknown): Reply {
  return { status: 201, body }
}

export function notFound(): Reply {
  return { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' } }
}

/** 422, as GitHub says it. */
export function refused(resource: string, field: string, message: string): Reply {
  const errors = [{ resource, field, code: 'custom', message }]
  return {
    status: 422,
    body: { message: 'Validation Failed', errors, documentation_url: 'https://docs.github.com/rest', status: '422' },
  }
}

/** Who did something. What an app does, it does as a bot. */
export function user(login: string): unknown {
  return { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' }
}

import { TowpathError } from '../../../src/errors.ts'
import type { FakeConversation, KeptComment } from './comments.ts'

/** GitHub's REST API for the comments of a conversation, as `fetch` reaches it. */
export interface CommentsApi {
  readonly fetch: typeof fetch
  /** Method and path of each request. */
  readonly requests: string[]
  /** Who the token is: a user's name, or an app's, which may not ask for it. */
  who: { readonly login: string; readonly isApp: boolean }
  /** The answer to every request that this matches, until it is undefined. */
  refuse: { readonly when: RegExp; readonly status: number; readonly message: string } | undefined
}

export function commentsApi(talk: FakeConversation): CommentsApi {
  const requests: string[] = []
  const state: Pick<CommentsApi, 'who' | 'refuse'> = { who: { login: 'github-actions[bot]', isApp: true }, refuse: undefined }

  async function answer(asked: string, body: string): Promise<readonly [number, unknown]> {
    if (state.refuse?.when.test(asked)) return [state.refuse.status, { message: state.refuse.message }]
    const given = (body === '' ? {} : JSON.parse(body)) as { readonly body?: string }
    const [, page = ''] = /^GET \/repos\/acme\/delivery\/issues\/7\/comments\?per_page=100&page=(\d+)$/.exec(asked) ?? []
    if (page !== '') return [200, talk.comments.slice((Number(page) - 1) * 100, Number(page) * 100).map(shown)]
    if (asked === 'POST /repos/acme/delivery/issues/7/comments') return written(() => talk.write(state.who.login, given.body ?? ''))
    const [, method = '', id = ''] = /^(PATCH|DELETE) \/repos\/acme\/delivery\/issues\/comments\/(\d+)$/.exec(asked) ?? []
    if (id !== '' && !talk.comments.some((comment) => comment.id === Number(id))) return [404, { message: 'Not Found' }]
    if (method === 'DELETE') return [204, await talk.as(state.who.login).remove(Number(id))]
    if (method === 'PATCH') {
      const replaced = await talk.as(state.who.login).replace(Number(id), given.body ?? '')
      return [200, shown(replaced as KeptComment)]
    }
    if (asked === 'GET /user')
      return state.who.isApp ? [403, { message: 'Resource not accessible by integration' }] : [200, { login: state.who.login }]
    if (asked === 'POST /graphql') return [200, { data: { viewer: { login: state.who.login } } }]
    return [404, { message: 'Not Found' }]
  }

  return Object.assign(state, {
    requests,
    async fetch(address: string | URL | Request, { method = 'GET', body }: RequestInit = {}) {
      const { pathname, search } = new URL(String(address))
      const asked = `${method} ${pathname}${search}`
      requests.push(asked)
      const [status, answered] = await answer(asked, body === undefined || body === null ? '' : String(body))
      const headers = { 'content-type': 'application/json; charset=utf-8' }
      return new Response(status === 204 ? null : JSON.stringify(answered), { status, headers })
    },
  })
}

function written(write: () => KeptComment): readonly [number, unknown] {
  try {
    return [201, shown(write())]
  } catch (error) {
    if (error instanceof TowpathError) return [422, { message: error.message }]
    throw error
  }
}

function shown({ id, body, url, author }: KeptComment): object {
  return { id, body, html_url: url, user: { login: author } }
}

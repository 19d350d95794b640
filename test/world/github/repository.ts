import type { Clock } from '../../../src/ports/clock.ts'
import { isDeployment, isStatus, wrongIn } from './bodies.ts'
import { reply, type Sent, type Told } from './sent.ts'

export interface FakeStatus {
  readonly id: number
  readonly state: string
  readonly description: string
  readonly log_url: string
  readonly environment_url: string
  readonly created_at: string
}

export interface FakeDeployment {
  readonly id: number
  readonly sha: string
  readonly ref: string
  readonly task: string
  readonly environment: string
  readonly description: string
  readonly payload: unknown
  readonly production_environment: boolean
  readonly transient_environment: boolean
  readonly created_at: string
  /** Oldest first. */
  readonly statuses: readonly FakeStatus[]
}

/** A repository's commits and deployments. */
export interface Repository {
  readonly deployments: FakeDeployment[]
  push(commit: string, parent?: string): void
  forget(commit: string): void
  answer(sent: Sent): Told
}

const RETENTION = 90 * 86_400_000

export function repository(clock: Pick<Clock, 'now'>): Repository {
  const parents = new Map<string, string | undefined>()
  const deployments: FakeDeployment[] = []
  let lastId = 41

  const routes: readonly (readonly [string, RegExp, (sent: Sent, id: string) => Told])[] = [
    ['GET', /\/deployments$/, list],
    ['POST', /\/deployments$/, create],
    ['DELETE', /\/deployments\/(\d+)$/, remove],
    ['GET', /\/deployments\/(\d+)\/statuses$/, statuses],
    ['POST', /\/deployments\/(\d+)\/statuses$/, tell],
    ['GET', /^\/repos\/[^/]+\/[^/]+$/, itself],
    ['GET', /\/compare\/([^/]+)$/, compare],
  ]

  /** Any repository that is asked for: one that was made today, and `acme/old` long ago. */
  function itself({ path }: Sent): Told {
    const [, , owner = '', name = ''] = path.split('/')
    if (name === 'secret') return reply(404, { message: 'Not Found' })
    const made = name === 'old' ? '2021-03-04T05:06:07Z' : '2026-08-01T00:00:00Z'
    const facts = { id: 123_456_789, full_name: `Acme/${name}`, default_branch: name === 'old' ? 'trunk' : 'main', created_at: made }
    return reply(200, { ...facts, owner: { login: owner, id: 77 } })
  }

  function create({ body }: Sent): Told {
    const wrong = wrongIn(body, isDeployment)
    if (wrong !== undefined) return reply(422, { message: `Invalid request. ${wrong}` })
    const asked = body as Record<string, string> & { readonly payload: unknown }
    const ref = String(asked.ref)
    if (!parents.has(ref)) return reply(422, { message: `No ref found for: ${ref}` })
    const deployment: FakeDeployment = {
      id: ++lastId,
      sha: ref,
      ref,
      task: asked.task ?? 'deploy',
      environment: asked.environment ?? 'production',
      description: asked.description ?? '',
      payload: asked.payload ?? {},
      production_environment: Boolean(asked.production_environment ?? asked.environment === 'production'),
      transient_environment: Boolean(asked.transient_environment ?? false),
      created_at: clock.now().toISOString(),
      statuses: [],
    }
    deployments.push(deployment)
    return reply(201, shown(deployment))
  }

  function list({ query }: Sent): Told {
    const { task, environment } = query
    const found = deployments.filter((one) => (!task || one.task === task) && (!environment || one.environment === environment))
    return paged(found.toReversed().map(shown), query)
  }

  function statuses({ query }: Sent, id: string): Told {
    const found = deployments.find((one) => one.id === Number(id))
    if (!found) return reply(404, { message: 'Not Found' })
    const kept = found.statuses.filter(({ created_at }) => clock.now().getTime() - Date.parse(created_at) < RETENTION)
    return paged(kept.toReversed(), query)
  }

  function tell({ body }: Sent, id: string): Told {
    const found = deployments.find((one) => one.id === Number(id))
    if (!found) return reply(404, { message: 'Not Found' })
    const wrong = wrongIn(body, isStatus)
    if (wrong !== undefined) return reply(422, { message: `Validation Failed: ${wrong}` })
    const given = body as Record<string, string> & { readonly auto_inactive?: boolean }
    const status = add(found, given.state ?? '', given)
    if (given.state === 'success' && given.auto_inactive !== false)
      for (const other of deployments)
        if (other !== found && other.environment === found.environment && !other.production_environment && stateOf(other) === 'success')
          add(other, 'inactive', {})
    return reply(201, status)
  }

  function add(deployment: FakeDeployment, state: string, given: Readonly<Record<string, unknown>>): FakeStatus {
    const { description = '', log_url = '', environment_url = '' } = given as Record<string, string>
    const status = { id: ++lastId, state, description, log_url, environment_url, created_at: clock.now().toISOString() }
    ;(deployment.statuses as FakeStatus[]).push(status)
    return status
  }

  function remove(_: Sent, id: string): Told {
    const at = deployments.findIndex((one) => one.id === Number(id))
    const found = deployments[at]
    if (!found) return reply(404, { message: 'Not Found' })
    if (deployments.length > 1 && stateOf(found) !== 'inactive')
      return reply(422, { message: 'We cannot delete an active deployment unless it is the only deployment in a given environment.' })
    deployments.splice(at, 1)
    return { status: 204, headers: {}, text: '' }
  }

  function compare(_: Sent, range: string): Told {
    const [base = '', head = ''] = decodeURIComponent(range).split('...')
    if (!parents.has(base) || !parents.has(head)) return reply(404, { message: 'Not Found' })
    const status = base === head ? 'identical' : isBefore(base, head) ? 'ahead' : isBefore(head, base) ? 'behind' : 'diverged'
    return reply(200, { status, ahead_by: 1, behind_by: 0, commits: [], files: [] })
  }

  function isBefore(one: string, other: string): boolean {
    for (let at = parents.get(other); at !== undefined; at = parents.get(at)) if (at === one) return true
    return false
  }
  return {
    deployments,
    push: (commit, parent) => void parents.set(commit, parent),
    forget: (commit) => void parents.delete(commit),
    answer(sent) {
      for (const [method, path, answer] of routes) {
        const match = sent.method === method ? path.exec(sent.path) : null
        if (match && (answer === itself || sent.path.startsWith('/repos/acme/delivery/'))) return answer(sent, match[1] ?? '')
      }
      return reply(404, { message: 'Not Found' })
    },
  }
}

export function stateOf({ statuses }: FakeDeployment): string {
  return statuses.at(-1)?.state ?? 'pending'
}

function shown({ statuses: _, ...rest }: FakeDeployment): unknown {
  return { ...rest, creator: { login: 'github-actions[bot]' }, updated_at: rest.created_at }
}

function paged(all: readonly unknown[], { per_page = '30', page = '1' }: Readonly<Record<string, string>>): Told {
  const size = Math.min(100, Number(per_page))
  const at = (Number(page) - 1) * size
  const more = at + size < all.length ? { link: `<https://api.github.test/?page=${Number(page) + 1}>; rel="next"` } : {}
  return reply(200, all.slice(at, at + size), more)
}

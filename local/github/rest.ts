import { type Answer, json, said } from './answer.ts'
import { comments } from './comments.ts'
import { completed } from './complete.ts'
import { content } from './content.ts'
import { deployments } from './deployments.ts'
import { badReply, badRequest, type Found, replyOf } from './description.ts'
import { forbidden, unauthorised } from './fault.ts'
import { pageOf } from './page.ts'
import { beyondJobs, lacking, permissionsOf } from './permission.ts'
import { type Ask, notFound, type Reply } from './reply.ts'
import type { Repository } from './repository.ts'

/** A request as it came. */
export interface Asked {
  readonly method: string
  readonly address: URL
  readonly authorization: string | undefined
  /** Read as JSON; undefined if it was empty. */
  readonly body: unknown
}

/** What requests change, and who counts. */
export interface Service extends Pick<Ask, 'now' | 'number'> {
  /** By `owner/name`. */
  readonly repositories: ReadonlyMap<string, Repository>
  /** Hears of everything that is not as GitHub's description has it, on either side. */
  violation(line: string): void
}

const handlers: Readonly<Record<string, (ask: Ask) => Reply>> = { ...deployments, ...comments, ...content }

/** Answers a request of the REST API. */
export function answer(service: Service, asked: Asked, found: Found | undefined): Answer {
  const { method, address, authorization, body } = asked
  const violation = (line: string): void => service.violation(`${method} ${address.pathname}: ${line}`)
  if (!found) {
    violation("GitHub's description, as far as it is here, has no such operation")
    return said(404, 'Not Found')
  }
  const permissions = permissionsOf(authorization)
  if (!permissions) return unauthorised
  if (beyondJobs.has(found.operation.operationId)) return forbidden('')
  const needed = lacking(found.operation.operationId, method, permissions)
  if (needed !== undefined) {
    violation(`needs ${needed}, the token has ${JSON.stringify(permissions)}`)
    return forbidden(needed)
  }
  const wrong = badRequest(found, address.searchParams, body)
  for (const line of wrong) violation(line)
  if (wrong.length > 0) return said(422, `Invalid request.\n\n${wrong.join('\n')}`)
  const reply = handle(service, asked, found)
  const { items, link } = reply.items ? pageOf(reply.items, address) : { items: reply.body, link: '' }
  const full = items === undefined ? undefined : completed(replyOf(found, reply.status), items)
  for (const line of badReply(found, reply.status, full)) violation(line)
  return json(reply.status, full, link === '' ? {} : { link })
}

function handle({ repositories, now, number }: Service, { address, body }: Asked, { operation, path }: Found): Reply {
  const handler = handlers[operation.operationId]
  if (!handler) throw new Error(`nobody answers ${operation.operationId}`)
  const repository = repositories.get(`${path.owner}/${path.repo}`)
  if (!repository) return notFound()
  return handler({
    repository,
    parameter: (name) => path[name] ?? address.searchParams.get(name) ?? undefined,
    body: typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body)) : {},
    ...{ now, number, login: 'github-actions[bot]' },
  })
}

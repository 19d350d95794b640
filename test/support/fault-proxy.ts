import { once } from 'node:events'
import { request as ask, createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A request as it arrived. */
export interface Arrived {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/** An answer of the proxy's own; the request is not passed on. */
export interface Refusal {
  readonly status: number
  readonly body: string
  readonly type?: string
}

/** What becomes of a request. */
export type Fault =
  /** The connection breaks before it is passed on, as soon as its body begins to come. */
  | 'drop request'
  /** It is applied, and the connection breaks before a reply. */
  | 'drop reply'
  /** It is applied, and the connection breaks in the middle of the reply's body. */
  | 'cut reply'
  /** It is passed on when the promise resolves. */
  | { readonly until: Promise<unknown> }
  | Refusal

export interface FaultProxy {
  readonly endpoint: string
  /** Every request, in order of arrival. */
  readonly requests: readonly Arrived[]
  /** Does something to the next requests that fit. `deed` is done just before the fault shows: what another client does meanwhile. */
  next(
    fits: (request: Arrived) => boolean,
    fault: Fault,
    options?: { readonly times?: number; readonly deed?: () => Promise<unknown> },
  ): void
  close(): Promise<void>
}

/** S3 asks to slow down. */
export const slowDown: Refusal = {
  status: 503,
  type: 'application/xml',
  body: '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
}
/** A load balancer has nobody behind it, and says so in its own way. */
export const gatewayPage: Refusal = { status: 503, type: 'text/html', body: '<html><body><h1>503 Service Unavailable</h1></body></html>' }
/** Another conditional write is under way. */
export const conflict: Refusal = {
  status: 409,
  type: 'application/xml',
  body: '<?xml version="1.0"?><Error><Code>ConditionalRequestConflict</Code><Message>A conflicting conditional operation.</Message></Error>',
}
/** CloudFormation, and other services of its protocol, ask to slow down. */
export const throttled: Refusal = {
  status: 400,
  type: 'text/xml',
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
}

interface Plan {
  readonly fits: (request: Arrived) => boolean
  readonly fault: Fault
  readonly deed: (() => Promise<unknown>) | undefined
  left: number
}

/** A proxy between the SDK and the emulator that does to requests what networks and busy services do. */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const requests: Arrived[] = []
  const plans: Plan[] = []

  const server = createServer(async (request, response) => {
    const arrived: Arrived = { method: request.method ?? '', url: request.url ?? '', headers: request.headers }
    requests.push(arrived)
    const plan = plans.find(({ fits, left }) => left > 0 && fits(arrived))
    if (plan) plan.left -= 1
    try {
      await serve(plan, request, response)
    } catch {
      // The other side of either connection has gone.
      response.destroy()
    }
  })

  async function serve(plan: Plan | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = plan?.fault
    if (fault === 'drop request') {
      await Promise.race([once(request, 'data'), once(request, 'end')])
      await plan?.deed?.()
      request.socket.destroy()
    } else if (typeof fault === 'object' && 'status' in fault) {
      await buffer(request)
      await plan?.deed?.()
      response.writeHead(fault.status, { 'content-type': fault.type ?? 'text/plain' }).end(fault.body)
    } else {
      if (typeof fault === 'object') await fault.until
      const reply = await pass(request)
      const body = await buffer(reply)
      await plan?.deed?.()
      if (fault === 'drop reply') request.socket.destroy()
      else if (fault === 'cut reply') {
        response.writeHead(reply.statusCode ?? 0, reply.headers)
        response.write(body.subarray(0, body.length / 2), () => request.socket.destroy())
      } else response.writeHead(reply.statusCode ?? 0, reply.headers).end(body)
    }
  }

  async function pass(request: IncomingMessage): Promise<IncomingMessage> {
    const { expect: _, ...headers } = request.headers
    const onward = ask(new URL(request.url ?? '', target), { method: request.method, headers, agent: false })
    request.pipe(onward)
    const [reply] = await once(onward, 'response')
    return reply
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a listening server has no port')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    next: (fits, fault, { times = 1, deed } = {}) => void plans.push({ fits, fault, deed, left: times }),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

import type { ServerResponse } from 'node:http'

/** What networks and busy services do to a request. */
export type Fault =
  /** HTTP 400 with that error, such as `ThrottlingException`; nothing is done. */
  | { readonly error: string; readonly message?: string }
  /** A status with an empty body, or with a page in HTML as load balancers send it. */
  | { readonly status: number; readonly type?: string; readonly html?: true; readonly headers?: Readonly<Record<string, string>> }
  /** The reply comes so many milliseconds late. */
  | { readonly latency: number }
  /** The connection breaks before anything is done. */
  | 'reset'
  /** It is done, and the connection breaks before the reply. */
  | 'lost'

interface Plan {
  readonly fault: Fault
  readonly operation: string | undefined
  left: number
}

export interface Faults {
  /** Does a fault to the next requests of one operation, or of any. Gives the way to end it. */
  fail(fault: Fault, options?: { readonly operation?: string; readonly times?: number }): () => void
  /** The fault that a request meets, counted. */
  meet(operation: string): Fault | undefined
}

export function faults(): Faults {
  const plans: Plan[] = []
  return {
    fail(fault, { operation, times = 1 } = {}) {
      const plan: Plan = { fault, operation, left: times }
      plans.push(plan)
      return () => {
        plan.left = 0
      }
    },
    meet(operation) {
      const plan = plans.find((one) => one.left > 0 && (one.operation === undefined || one.operation === operation))
      if (plan) plan.left -= 1
      return plan?.fault
    },
  }
}

/** Answers in a fault's place; false if the request is to be served all the same. */
export function inflict(fault: Fault, response: ServerResponse): boolean {
  if (fault === 'reset') {
    response.destroy()
    return true
  }
  if (fault === 'lost' || 'latency' in fault) return false
  if ('error' in fault) {
    const body = JSON.stringify({ __type: fault.error, message: fault.message ?? 'Rate exceeded' })
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(body)
  } else {
    const { status, type, html, headers } = fault
    const body = html
      ? '<html><body><h1>Service Unavailable</h1></body></html>'
      : type === undefined
        ? ''
        : JSON.stringify({ __type: type })
    const content = html ? 'text/html' : 'application/x-amz-json-1.1'
    response.writeHead(status, { 'content-type': content, ...headers }).end(body)
  }
  return true
}

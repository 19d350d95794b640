import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Faults, faults, inflict } from './fault.ts'
import { Refusal } from './refusal.ts'
import { anAccount, isOperation, operations, type ServiceOptions } from './service.ts'
import type { Account } from './state.ts'
import { operationIn, readBody, writeBody } from './wire.ts'

/** A request, and what became of it. */
export interface Seen {
  readonly operation: string
  readonly body: object | undefined
  /** 0 as long as it was not answered, or if it never was. */
  readonly status: number
}

export interface CodeDeployServer {
  readonly url: string
  /** Every request, in order of arrival. */
  readonly requests: readonly Seen[]
  readonly state: Account
  readonly fail: Faults['fail']
  close(): Promise<void>
}

/**
 * A CodeDeploy on loopback, on a free port, that speaks AWS JSON 1.1. Signatures are not looked at. It never pretends to be AWS: its
 * account is 000000000000 and every reply says what it is. What it does is written down in README.md.
 */
export async function startCodeDeploy(options: ServiceOptions): Promise<CodeDeployServer> {
  const state = anAccount(options)
  const requests: Seen[] = []
  const faulty = faults()
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      state.said(`the stand-in failed: ${error instanceof Error ? error.stack : String(error)}`)
      response.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a listening server has no port')

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = readBody(await text(request))
    const target = request.headers['x-amz-target']
    const operation = operationIn(typeof target === 'string' ? target : undefined)
    requests.push({
      ...{ operation, body },
      get status() {
        return response.headersSent ? response.statusCode : 0
      },
    })
    response.setHeader('x-local-codedeploy', 'true')
    const fault = faulty.meet(operation)
    if (fault !== undefined && inflict(fault, response)) return
    const reply = answer(state, operation, body)
    if (typeof fault === 'object' && 'latency' in fault) await sleep(fault.latency)
    if (fault === 'lost') response.destroy()
    else response.writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.1' }).end(reply.body)
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    ...{ requests, state, fail: faulty.fail },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(state: Account, operation: string, body: object | undefined): { readonly status: number; readonly body: string } {
  try {
    return { status: 200, body: writeBody(call(state, operation, body)) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: 400, body: JSON.stringify({ __type: error.name, message: error.message }) }
  }
}

/** Does one operation. Throws a Refusal. */
export function call(state: Account, operation: string, body: object | undefined): object {
  if (!isOperation(operation)) {
    state.said(`nobody knows the operation '${operation}'`)
    throw new Refusal('UnknownOperation', `The operation ${operation} is not one of this stand-in.`)
  }
  if (body === undefined) throw new Refusal('Serialization', 'The body is no JSON object.')
  // The SDK wrote it from a typed input; each operation refuses what it needs and does not find.
  const handle = operations[operation] as (state: Account, input: object) => object
  return handle(state, body)
}

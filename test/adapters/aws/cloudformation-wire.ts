import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { stacksThrough } from '../../../src/adapters/aws/cloudformation.ts'
import type { Stacks } from '../../../src/stack/stacks.ts'

/** What the service answers: the result in XML, or an error. */
export type Reply = string | { readonly code: string; readonly message: string; readonly status?: number }

/** The adapter on a real client of the SDK whose requests are answered here, in order. */
export interface Wire {
  readonly stacks: Stacks
  /** What was asked, as the service's protocol has it: `Action`, `StackName`, `Tags.member.1.Key`. */
  readonly asked: readonly Readonly<Record<string, string>>[]
}

export function wire(...replies: readonly Reply[]): Wire {
  const asked: Record<string, string>[] = []
  const client = new CloudFormationClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { readonly body: string | Uint8Array }) => {
        const fields = Object.fromEntries(new URLSearchParams(Buffer.from(request.body).toString('utf8')))
        const reply = replies[asked.length]
        asked.push(fields)
        if (reply === undefined) throw new Error(`nobody expected ${fields.Action}`)
        return { response: responseTo(fields.Action ?? '', reply) }
      },
    },
  })
  return { asked, stacks: stacksThrough(client, { region: 'eu-west-1', endpoint: undefined }) }
}

function responseTo(action: string, reply: Reply) {
  const error = typeof reply !== 'string'
  const body = error
    ? `<ErrorResponse><Error><Type>Sender</Type><Code>${reply.code}</Code><Message>${escaped(reply.message)}</Message></Error></ErrorResponse>`
    : `<${action}Response><${action}Result>${reply}</${action}Result></${action}Response>`
  return { statusCode: error ? (reply.status ?? 400) : 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) }
}

/** Members as XML: `{ A: 'a', B: [{ C: 'c' }] }` becomes `<A>a</A><B><member><C>c</C></member></B>`. */
export function xml(members: object): string {
  return Object.entries(members)
    .map(([name, value]) => `<${name}>${inner(value)}</${name}>`)
    .join('')
}

function inner(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${inner(item)}</member>`).join('')
  return typeof value === 'object' && value !== null ? xml(value) : escaped(String(value))
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

import type { ServerResponse } from 'node:http'

/** What goes back, whole. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** What GitHub tells with each reply of what is left of the hour's requests. */
const limits = { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '999', 'x-ratelimit-used': '1', 'x-ratelimit-resource': 'core' }

/** @param body undefined for none. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  if (body === undefined) return { status, headers: { ...limits, ...headers }, body: undefined }
  return { status, headers: { ...limits, 'content-type': 'application/json; charset=utf-8', ...headers }, body: JSON.stringify(body) }
}

/** An error, as GitHub words it. */
export function said(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return json(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) }, headers)
}

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers }).end(body)
}

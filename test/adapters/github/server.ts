import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeGitHub } from '../../world/github/github.ts'

/** The GitHub in memory behind a real server on this machine; what is wrong with a request as HTTP fails it with 400. */
export async function serve(github: FakeGitHub): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const wrong = wrongAsHttp(request)
    if (wrong !== undefined) return void response.writeHead(400).end(wrong)
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const text = Buffer.concat(pieces).toString()
    const sent = {
      method: request.method ?? '',
      path: url.pathname.replace(/^\/api\/v3/, ''),
      query: Object.fromEntries(url.searchParams),
      headers: request.headers as Record<string, string>,
      body: text === '' ? undefined : JSON.parse(text),
    }
    try {
      const { status, headers, text: told } = await github.handle(sent)
      response.writeHead(status, headers).end(told)
    } catch {
      request.socket.destroy()
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    // As a server of one's own has it (GITHUB_API_URL).
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

/** GitHub refuses a request without a user agent, and asks for its media type. */
function wrongAsHttp({ headers, method, url = '' }: IncomingMessage): string | undefined {
  if (!headers['user-agent']?.startsWith('towpath')) return 'no user agent'
  if (headers.accept !== 'application/vnd.github.v3+json') return `accept: ${headers.accept}`
  if (!url.startsWith('/api/v3/repos/acme/delivery/')) return `path: ${url}`
  if (method === 'POST' && !headers['content-type']?.startsWith('application/json')) return `content type: ${headers['content-type']}`
  return undefined
}

/**
 * A process that is to a job what GitHub's OIDC service is, with tokens that are really signed. A process of its own, since the server's
 * checks know no object of another realm, as jest's are. It tells its parent where it is, and ends with it.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OAuth2Server } from 'oauth2-mock-server'
import type { Told } from './github-oidc.ts'

const BEARER = 'canary-of-the-request-token'

const issuer = new OAuth2Server()
await issuer.issuer.keys.generate('RS256')
await issuer.start(0, '127.0.0.1')
const url = `http://127.0.0.1:${issuer.address().port}`
issuer.issuer.url = url
const tokens: string[] = []
let claims: object = {}
let failures: number[] = []

const door = createServer(async (request, response) => {
  const asked = new URL(request.url ?? '/', url)
  const answer = (status: number, body: unknown): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (asked.pathname === '/control') {
    if (request.method === 'PUT') ({ claims = claims, failures = failures } = await bodyOf(request))
    return answer(200, tokens)
  }
  // GET …?api-version=2.0&audience=…, with the bearer token. Source: actions/toolkit, packages/core/src/oidc-utils.ts.
  const failure = failures.shift()
  if (failure !== undefined) return void response.writeHead(failure, { 'content-type': 'text/html' }).end('<html>no</html>')
  if (request.headers.authorization !== `bearer ${BEARER}`) return answer(401, { message: 'Bad credentials' })
  if (asked.searchParams.get('api-version') !== '2.0') return answer(400, { message: 'api-version' })
  const aud = asked.searchParams.get('audience')
  const value = await issuer.issuer.buildToken({
    expiresIn: 300,
    scopesOrTransform: (_, payload) => void Object.assign(payload, claims, { aud, jti: `${tokens.length + 1}` }),
  })
  tokens.push(value)
  answer(200, { count: 1, value })
})
door.listen(0, '127.0.0.1', () => {
  const { port } = door.address() as AddressInfo
  const told: Told = { issuer: url, door: `http://127.0.0.1:${port}`, bearer: BEARER }
  process.send?.(told)
})
process.on('disconnect', () => process.exit(0))

async function bodyOf(request: IncomingMessage): Promise<{ readonly claims?: object; readonly failures?: number[] }> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part)
  return JSON.parse(Buffer.concat(parts).toString('utf8'))
}

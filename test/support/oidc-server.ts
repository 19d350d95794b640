import { Events, OAuth2Server } from 'oauth2-mock-server'

/**
 * A real OIDC server in a process of its own (it does not work inside of jest, whose objects are of another realm). It says its port in one
 * line, signs whatever claims come as the form field `claims`, and ends when its standard input does.
 */
const server = new OAuth2Server()
await server.issuer.keys.generate('RS256')
await server.start(0, '127.0.0.1')
server.service.on(Events.BeforeTokenSigning, (token: { payload: object }, request: { body?: { claims?: string } }) => {
  Object.assign(token.payload, JSON.parse(request.body?.claims ?? '{}'))
})
process.stdout.write(`${server.address().port}\n`)
process.stdin.resume().on('close', () => void server.stop())

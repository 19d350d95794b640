import { once } from 'node:events'
import { access, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { gitHubApi } from '../../../src/adapters/github/api.ts'

const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']
const before = new Map(variables.map((name) => [name, process.env[name]]))
const servers: Server[] = []
/** What the proxy was asked to connect to. */
const asked: string[] = []
let gitHub = 0

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

beforeEach(async () => {
  for (const name of variables) delete process.env[name]
  asked.length = 0
  gitHub = await listening(
    createServer((request, reply) => {
      reply.setHeader('content-type', 'application/json')
      reply.end(JSON.stringify({ full_name: 'acme/delivery', authorization: request.headers.authorization, path: request.url }))
    }),
  )
  const proxy = createServer()
  // It reaches only the one on this machine, by whatever name that was asked for.
  proxy.on('connect', ({ url = '' }, client) => {
    asked.push(url)
    const there = connect(gitHub, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      there.pipe(client).pipe(there)
    })
    for (const end of [client, there]) end.on('error', () => {})
  })
  const address = `http://127.0.0.1:${await listening(proxy)}`
  process.env.HTTP_PROXY = address
  process.env.HTTPS_PROXY = address
})

afterEach(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

const ask = (url: string) =>
  gitHubApi({ url, repository: 'acme/delivery', token: 'ghs_1' }).request('GET /repos/{owner}/{repo}', { owner: 'acme', repo: 'delivery' })

describe('GitHub is asked', () => {
  test('through the proxy that the environment names', async () => {
    const { data } = await ask('http://github.invalid')
    expect(data).toMatchObject({ full_name: 'acme/delivery', authorization: 'token ghs_1', path: '/repos/acme/delivery' })
    expect(asked).toEqual(['github.invalid:80'])
  })

  test('through the proxy for HTTPS too, which sees the name and nothing else', async () => {
    // What answers speaks no TLS, so the request fails, after the proxy was asked for the way.
    await expect(ask('https://github.invalid')).rejects.toThrow()
    expect(asked).toEqual(['github.invalid:443'])
  })

  test('past the proxy where NO_PROXY names it', async () => {
    process.env.NO_PROXY = 'github.invalid'
    await expect(ask('http://github.invalid')).rejects.toThrow()
    expect(asked).toEqual([])
  })

  test('past the proxy on this machine', async () => {
    expect((await ask(`http://127.0.0.1:${gitHub}`)).data).toMatchObject({ full_name: 'acme/delivery' })
    expect(asked).toEqual([])
  })
})

test('the client is the one that @actions/github is made of', async () => {
  const folder = new URL('../../../node_modules/@actions/github/', import.meta.url)
  const { dependencies } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'))
  expect(dependencies).toHaveProperty('@octokit/core')
  // It has no other of its own, so that both find the same.
  await expect(access(new URL('node_modules/@octokit/core', folder))).rejects.toThrow('ENOENT')
})

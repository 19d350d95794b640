/**
 * What it costs to ask GitHub once, in CPU: to load the client and make one request of a server on this machine, as a multiple of what bare
 * Node takes; past a proxy and through one. Interleaved, 11 rounds; the ratios of the minima count. `node bench/github.ts [source] [rounds]`.
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const [given = 'src', counted = '11'] = process.argv.slice(2)
const api = join(resolve(given), 'adapters/github/api.ts')

const gitHub = createServer((_, reply) => void reply.setHeader('content-type', 'application/json').end('{}')).listen(0, '127.0.0.1')
const proxy = createServer().listen(0, '127.0.0.1')
await Promise.all([once(gitHub, 'listening'), once(proxy, 'listening')])
const portOf = (server: typeof proxy): number => (server.address() as AddressInfo).port
proxy.on('connect', (_, client) => {
  const there = connect(portOf(gitHub), '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    there.pipe(client).pipe(there)
  })
  for (const end of [client, there]) end.on('error', () => {})
})

const asks = (url: string): string => `
  const { gitHubApi } = await import(${JSON.stringify(api)})
  await gitHubApi({ url: ${JSON.stringify(url)}, repository: 'acme/delivery', token: 'x' }).request('GET /meta')
`
const subjects: Readonly<Record<string, string>> = {
  'bare node': '',
  'one request': asks(`http://127.0.0.1:${portOf(gitHub)}`),
  'one request through a proxy': asks('http://github.invalid'),
}

/** CPU of a process that runs a script, in milliseconds. */
async function measure(script: string): Promise<number> {
  const told = `${script}\nconst { user, system } = process.cpuUsage()\nprocess.stdout.write(String((user + system) / 1000), () => process.exit())`
  const { HTTPS_PROXY: _, ...environment } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', told], {
    env: { ...environment, NODE_NO_WARNINGS: '1', HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}` },
  })
  return Number(stdout)
}

const least: Record<string, number> = {}
for (let round = 0; round < Number(counted); round++)
  for (const [name, script] of Object.entries(subjects))
    least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, await measure(script))
for (const [name, milliseconds] of Object.entries(least))
  console.log(
    `${name.padEnd(28)} ${milliseconds.toFixed(0).padStart(5)} ms of CPU  ${(milliseconds / (least['bare node'] ?? 1)).toFixed(2)} × bare Node`,
  )
for (const server of [gitHub, proxy]) {
  server.closeAllConnections()
  server.close()
}
process.exit()

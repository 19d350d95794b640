import { join } from 'node:path'
import { nodeClock } from '../../src/adapters/node/clock.ts'
import { agent } from './agent/agent.ts'
import type { Fetch } from './agent/bundle.ts'
import { dirMachine } from './agent/dir.ts'
import type { Machine } from './agent/machine.ts'
import { canHaveNamespaces, namespaceMachine } from './agent/namespace.ts'
import type { Host } from './host.ts'
import { type CodeDeployServer, startCodeDeploy } from './server.ts'
import type { ServiceOptions } from './service.ts'

/** What hosts are: folders, for which no root is needed, or roots of their own. */
export type HostKind = 'dir' | 'namespace'

export interface LocalCodeDeployOptions extends Pick<ServiceOptions, 'timing' | 'configs' | 'page'> {
  /** Where the hosts' folders are made. */
  readonly folder: string
  readonly region: string
  /** The endpoint of the S3 that revisions are in. */
  readonly s3: string
  /** The file descriptor of what it has to say; absent: it is silent. */
  readonly log?: number | undefined
  /** Default `dir`; 'namespace' where this machine allows, else `dir` all the same. */
  readonly hosts?: HostKind
}

export interface LocalCodeDeploy extends CodeDeployServer {
  readonly kind: HostKind
  /** Where a path of a host is for this process. Throws if there is no such host. */
  path(host: string, ofHost: string): string
}

/** A CodeDeploy whose hosts are made when they are registered: each runs hooks for real, and is ended with the server. */
export async function startLocalCodeDeploy(options: LocalCodeDeployOptions): Promise<LocalCodeDeploy> {
  const { folder, region, s3, log, hosts: wanted = 'dir', ...rest } = options
  const kind = wanted === 'namespace' && (await canHaveNamespaces()) ? 'namespace' : 'dir'
  const machines = new Map<string, Promise<Machine>>()
  const fetch = lazily(s3, region)

  function makeHost(name: string, tags: Readonly<Record<string, string>>): Host {
    const machine = kind === 'namespace' ? namespaceMachine(name) : Promise.resolve(dirMachine(name, join(folder, name)))
    machines.set(name, machine)
    machine.then(
      (made) => paths.set(name, made),
      () => {}, // whoever uses it hears why it could not be made
    )
    return { name, tags, perform: async (task) => agent({ machine: await machine, fetch })(task) }
  }

  const paths = new Map<string, Machine>()
  const said = (line: string): void => {
    if (log !== undefined) process.stderr.write(`codedeploy: ${line}\n`)
  }
  const server = await startCodeDeploy({ ...rest, clock: nodeClock(), region, makeHost, said })
  let closing: Promise<void> | undefined
  return {
    ...server,
    kind,
    path(host, ofHost) {
      const machine = paths.get(host)
      if (!machine) throw new Error(`there is no host '${host}'`)
      return machine.path(ofHost)
    },
    close() {
      closing ??= server.close().then(async () => {
        for (const machine of await Promise.allSettled(machines.values())) if (machine.status === 'fulfilled') await machine.value.close()
      })
      return closing
    },
  }
}

/** The SDK of S3 is loaded when the first host fetches something. */
function lazily(endpoint: string, region: string): Fetch {
  let fetch: Promise<Fetch> | undefined
  return async (revision) => {
    fetch ??= import('./agent/s3.ts').then(({ fromS3 }) =>
      fromS3({ endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
    )
    return (await fetch)(revision)
  }
}

import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { nodeFiles } from '../../src/adapters/node/files.ts'
import { packArtefact } from '../../src/artefact/archive.ts'
import { silent } from '../../src/log.ts'
import { readPlatformFolder } from '../../src/platform/folder.ts'
import { assembleBundle } from '../../src/playbook/bundle.ts'
import { inspectPlaybook } from '../../src/playbook/inspect.ts'
import { platformTree, serviceTree } from '../../src/playbook/tree.ts'
import { archiver, placeAt, someVariables, told } from './support.ts'

const files = nodeFiles()

/** What a hook came to. */
export interface Ran {
  readonly code: number
  readonly text: string
}

/** A host whose '/' is a temporary folder. */
export interface Host {
  /** The folder that stands for '/'. */
  readonly root: string
  /** Puts a bundle there, as CodeDeploy's agent would. */
  install(bundle: Uint8Array, variables: object): Promise<void>
  /** Runs the hook of the bundle that was installed last. */
  hook(event: string): Promise<Ran>
  remove(): Promise<void>
}

/** A host with nothing on it but the folders given, and an Ansible in `runtime`. */
export async function aHost(runtime: string, own: object = {}): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  const root = join(folder, 'root')
  await mkdir(join(root, 'etc/towpath'), { recursive: true })
  await writeFile(join(root, 'etc/towpath/host.json'), JSON.stringify(own))
  let deployments = 0
  const archive = () => join(folder, `d-${deployments}`, 'deployment-archive')
  return {
    root,
    async install(bundle, variables) {
      deployments++
      for (const { name, bytes, executable } of await archiver.unzip(bundle)) {
        const path = join(archive(), name)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, bytes)
        if (executable) await chmod(path, 0o755)
      }
      await writeFile(join(archive(), 'variables.json'), JSON.stringify(variables))
    },
    hook(event) {
      const env = {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        LIFECYCLE_EVENT: event,
        DEPLOYMENT_ID: `d-${deployments}`,
        TOWPATH_HOST_ROOT: root,
        TOWPATH_RUNTIME: runtime,
        http_proxy: 'http://127.0.0.1:9', // what would reach out of this machine fails
        https_proxy: 'http://127.0.0.1:9',
        no_proxy: '127.0.0.1',
      }
      return new Promise((done) => {
        execFile(join(archive(), 'towpath/hook'), { env, cwd: '/' }, (error, text) => {
          done({ code: error ? Number(error.code) : 0, text })
        })
      })
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

/** A bundle of the platform in a folder and the service in another. */
export async function aBundle(
  platform: string,
  service: string,
  variables: Readonly<Record<string, string | number>>,
): Promise<Uint8Array> {
  const { files: published, content } = await readPlatformFolder(files, archiver, platform)
  const ansible = {
    platform: await platformTree(archiver, { ...published, shown: (path) => path, content }),
    service: (await serviceTree(files, service)).tree,
  }
  const asked = placeAt('service.yml', 1)
  const parts = { playbook: 'ansible/platform.yml', ...ansible, variables: someVariables(variables), asked, descriptor: 'platform.yml' }
  const inspected = await inspectPlaybook(parts)
  if (inspected.problems.length > 0) throw new Error(told(inspected).join('\n'))
  const packing = { files, archiver, log: silent }
  const artefact = await packArtefact(packing, service, { path: 'src' })
  const whole = { service: 'clock', platform: { name: 'starter', version: '1.0.0' }, ansible, inspected, artefact: artefact.body }
  const bundle = await assembleBundle(packing, whole)
  const bytes = Buffer.concat(await Array.fromAsync(bundle.body.open()))
  await bundle.remove()
  await artefact.remove()
  return bytes
}

/** A port of loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.on('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

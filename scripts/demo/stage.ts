import { mkdtempSync } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startAws } from '../../local/aws.ts'
import type { LocalCodeDeploy } from '../../local/codedeploy/local.ts'
import { DemoError } from './ending.ts'
import type { Narrator } from './narrator.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The command line as it is shipped. */
export const cli = join(root, 'dist', 'cli.js')

/** The platform bucket of the demo. */
export const bucket = 'acme-towpath'

/** The private Pythons: that of the local AWS, and the one that has Ansible. */
export interface Interpreters {
  readonly python: string
  readonly ansible: string
}

/** What the steps of the demo work with. */
export interface Stage {
  /** Where the commands run: it holds copies of the platform and of the services. */
  readonly folder: string
  readonly endpoint: string
  readonly codeDeploy: LocalCodeDeploy
  /** The interpreter that has Ansible, for the hosts. */
  readonly ansible: string
  readonly region: string
  /** All that the commands see of the world: nothing of this machine's own AWS settings. */
  readonly environment: NodeJS.ProcessEnv
  readonly narrator: Narrator
  /** Aborted when the demo is to stop. */
  readonly signal: AbortSignal
  /** The name of each service's function, once it is deployed. */
  readonly functions: Map<string, string>
  /** Ends the local AWS and removes the folder. */
  close(): Promise<void>
}

/** Starts the local AWS and lays out the folder. Leaves nothing behind if that fails or is stopped. */
export async function openStage({ python, ansible }: Interpreters, narrator: Narrator, signal: AbortSignal): Promise<Stage> {
  signal.throwIfAborted()
  const folder = mkdtempSync(join(tmpdir(), 'towpath-demo-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 })
  try {
    const [home, temporary] = [join(folder, '.home'), join(folder, '.temporary')]
    for (const made of [home, temporary]) await mkdir(made)
    await cp(join(root, 'platform'), join(folder, 'platform'), { recursive: true })
    for (const service of ['greeter', 'counter', 'clock'])
      await cp(join(root, 'examples', service), join(folder, service), { recursive: true })
    const aws = await startAws({ python, signal }).catch((error: Error) => {
      throw new DemoError(error.message, { cause: error })
    })
    return {
      folder,
      endpoint: aws.endpoint,
      codeDeploy: aws.codeDeploy,
      ansible,
      region: aws.region,
      environment: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: home, TMPDIR: temporary, TOWPATH_BUCKET: bucket, ...aws.environment },
      narrator,
      signal,
      functions: new Map(),
      async close() {
        try {
          await aws.stop()
        } finally {
          await remove()
        }
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

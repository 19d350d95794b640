import { randomBytes } from 'node:crypto'
import { workflowRunOf } from '../adapters/github/workflow-run.ts'
import { nodeClock } from '../adapters/node/clock.ts'
import { nodeFiles } from '../adapters/node/files.ts'
import { nodeLongPrograms } from '../adapters/node/long-programs.ts'
import { nodeProcesses } from '../adapters/node/process.ts'
import type { World } from '../commands/world.ts'
import type { Log } from '../log.ts'
import { realCloud } from './cloud.ts'
import { gitHubParts } from './github.ts'

/** The parts of the world that a host decides. */
export interface Settings {
  readonly log: Log
  readonly interrupted: AbortSignal
  /** The region from a flag. */
  readonly region: string | undefined
  /** The token for GitHub's API. */
  readonly githubToken?: string | undefined
  /** The role to act as, by name or ARN, and the account that it must be in. */
  readonly role?: string | undefined
  readonly account?: string | undefined
  /** Makes the host hide a secret in everything it shows from now on, if it can. */
  readonly mask?: (secret: string) => void
}

/** The real world. SDKs and the archiver, which are slow to load, are loaded when they are first used. */
export function realWorld({ log, interrupted, region: given, role, account, githubToken, mask = () => {} }: Settings): World {
  const region = given || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined
  const clock = nodeClock()
  const processes = nodeProcesses()
  return {
    ...realCloud({ region, role, account, clock, log, mask }),
    files: nodeFiles(),
    archiver: {
      async *zip(members) {
        const { nodeArchiver } = await import('../adapters/node/zip.ts')
        yield* nodeArchiver().zip(members)
      },
      async *append(files, path, name, content) {
        const { appended } = await import('../adapters/node/zip-append.ts')
        yield* appended(files, path, name, content)
      },
      async *tar(files, path) {
        const { nodeArchiver } = await import('../adapters/node/zip.ts')
        yield* nodeArchiver().tar(files, path)
      },
      async entries(files, path, most) {
        const { nodeArchiver } = await import('../adapters/node/zip.ts')
        return nodeArchiver().entries(files, path, most)
      },
      async unzip(bytes) {
        const { nodeArchiver } = await import('../adapters/node/zip.ts')
        return nodeArchiver().unzip(bytes)
      },
    },
    processes,
    longPrograms: nodeLongPrograms(),
    async localCommits(path) {
      const { gitCommits } = await import('../adapters/node/git-commits.ts')
      return gitCommits(processes, path)
    },
    clock,
    log,
    interrupted,
    region,
    workflow: workflowRunOf(process.env),
    random: (bytes) => randomBytes(bytes).toString('hex'),
    async origin(path) {
      const { nodeOrigin } = await import('../adapters/node/origin.ts')
      return nodeOrigin(path)
    },
    ...gitHubParts(githubToken, process.env, log),
  }
}

import { randomBytes } from 'node:crypto'
import { nodeClock } from '../adapters/node/clock.ts'
import { nodeFiles } from '../adapters/node/files.ts'
import { nodeProcesses } from '../adapters/node/process.ts'
import type { World } from '../commands/world.ts'
import type { Log } from '../log.ts'

/** What a host decides about the world. */
export interface Settings {
  readonly log: Log
  readonly interrupted: AbortSignal
  /** The one given by flag. */
  readonly region: string | undefined
}

/** The real world. What is costly to load (SDKs, the archiver) is loaded when it is first used. */
export function realWorld({ log, interrupted, region }: Settings): World {
  const settings = region === undefined ? {} : { region }
  return {
    files: nodeFiles(),
    archiver: {
      async *zip(members) {
        const { nodeArchiver } = await import('../adapters/node/zip.ts')
        yield* nodeArchiver().zip(members)
      },
      async names(files, path) {
        const { nodeArchiver } = await import('../adapters/node/zip.ts')
        return nodeArchiver().names(files, path)
      },
    },
    processes: nodeProcesses(),
    clock: nodeClock(),
    log,
    interrupted,
    region: region || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined,
    random: (bytes) => randomBytes(bytes).toString('hex'),
    async origin(path) {
      const { nodeOrigin } = await import('../adapters/node/origin.ts')
      return nodeOrigin(path)
    },
    async objects(bucket, of) {
      const { s3Objects } = await import('../adapters/aws/s3.ts')
      return s3Objects(bucket, of === undefined ? settings : { region: of })
    },
    async stacks(of) {
      const { cloudFormationStacks } = await import('../adapters/aws/cloudformation.ts')
      return cloudFormationStacks(of)
    },
    async identity(of) {
      const { identity } = await import('../adapters/aws/sts.ts')
      return identity({ region: of })
    },
    async template(of, stackId) {
      const { liveTemplate } = await import('../adapters/aws/cloudformation/template.ts')
      return liveTemplate(stackId, { region: of })
    },
    async identityProviders(of) {
      const { iamIdentityProviders } = await import('../adapters/aws/iam.ts')
      return iamIdentityProviders({ region: of })
    },
  }
}

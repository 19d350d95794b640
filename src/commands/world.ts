import type { Archiver } from '../artefact/archiver.ts'
import type { Objects } from '../bucket/objects.ts'
import type { Clock } from '../clock.ts'
import type { Origin } from '../deployment/origin.ts'
import type { Files } from '../files.ts'
import type { Log } from '../log.ts'
import type { IdentityProviders } from '../platform/identity-providers.ts'
import type { Processes } from '../process.ts'
import type { Stacks } from '../stack/stacks.ts'

/** Who the cloud says we are. */
export interface Identity {
  readonly account: string
  readonly arn: string
}

/** Everything outside the program, as the verbs see it. A host puts the real one together, lazily; a test one in memory. */
export interface World {
  readonly files: Files
  readonly archiver: Archiver
  /** Other programs, where they are installed. */
  readonly processes: Processes
  readonly clock: Clock
  readonly log: Log
  /** Aborted when somebody asks us to stop (Ctrl-C, SIGTERM). */
  readonly interrupted: AbortSignal
  /** A name nobody has used: that many bytes of randomness in hexadecimal. */
  random(bytes: number): string
  /** Who works here and on which commit; `path` is a folder of the repository. */
  origin(path: string): Promise<Origin>
  /** The region given by flag or environment. */
  readonly region: string | undefined
  objects(bucket: string, region?: string): Promise<Objects>
  stacks(region: string): Promise<Stacks>
  identity(region: string): Promise<Identity>
  /** The template of a stack that exists, as it was sent. */
  template(region: string, stackId: string): Promise<string>
  identityProviders(region: string): Promise<IdentityProviders>
}

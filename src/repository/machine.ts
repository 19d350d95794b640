import type { Archiver } from '../artefact/archiver.ts'
import type { Log } from '../log.ts'
import type { Files } from '../ports/files.ts'
import type { Processes } from '../ports/processes.ts'

/** Everything that is needed to read, pack and check a repository on this machine. */
export interface Machine {
  readonly files: Files
  readonly archiver: Archiver
  /** The programs that are installed. */
  readonly processes: Processes
  readonly log: Log
  /** Aborted when somebody asks us to stop (Ctrl-C, SIGTERM). */
  readonly interrupted: AbortSignal
}

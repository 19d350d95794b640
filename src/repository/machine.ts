import type { Archiver } from '../artefact/archiver.ts'
import type { Log } from '../log.ts'
import type { Files } from '../ports/files.ts'
import type { Processes } from '../ports/processes.ts'

/** The machine on which a repository is checked out: what reading, packing and checking it takes. */
export interface Machine {
  readonly files: Files
  readonly archiver: Archiver
  /** Other programs, where they are installed. */
  readonly processes: Processes
  readonly log: Log
  /** Aborted when somebody asks us to stop (Ctrl-C, SIGTERM). */
  readonly interrupted: AbortSignal
}

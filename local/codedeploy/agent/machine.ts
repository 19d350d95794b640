/** A machine that an agent runs on: a folder, or a root of its own. */
export interface Machine {
  readonly name: string
  /** What hooks are given in TOWPATH_HOST_ROOT: the folder that is the host's `/`, or nothing where `/` is. */
  readonly root: string
  /** Where a path of the host is for this process. */
  path(ofHost: string): string
  /** The same as programs on the host know it. */
  shown(ofHost: string): string
  /** A command as this process has to run it. */
  command(argv: readonly string[]): readonly string[]
  /** True if files can be given to another user. */
  readonly mayChangeOwners: boolean
  /** Hears of a process group that a hook began. */
  began(group: number): void
  /** Ends all that hooks left running. */
  close(): Promise<void>
}

/** Ends a process group; that it is gone already is no error. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // Gone already.
  }
}

// Port: other programs on this machine.

/** Runs other programs. No shell ever reads their arguments. */
export interface Processes {
  /** True if there is such a program on the path. */
  has(program: string): Promise<boolean>
  /**
   * Everything that a program writes to stdout, whatever its exit code. It runs in `folder` and without our credentials. Undefined if it
   * could not be started, was killed because it took too long, or wrote too much.
   */
  run(
    program: string,
    args: readonly string[],
    limits: { readonly folder: string; readonly timeoutMilliseconds: number },
  ): Promise<string | undefined>
}

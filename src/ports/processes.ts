// Port: other programs on this machine.

/** Runs other programs. No shell ever reads their arguments. */
export interface Processes {
  /** True if there is such a program on the path. */
  has(program: string): Promise<boolean>
  /**
   * What a program writes to stdout until it ends, whatever its exit code. It works in `folder`, and is not given our credentials.
   * Undefined if it could not be started, was killed because it took too long, or wrote more than anybody reads.
   */
  run(
    program: string,
    args: readonly string[],
    limits: { readonly folder: string; readonly timeoutMilliseconds: number },
  ): Promise<string | undefined>
}

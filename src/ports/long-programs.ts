// Port: other programs on this machine that tell what they do as they go.

/** Runs programs that may take long. No shell ever reads their arguments. */
export interface LongPrograms {
  /**
   * Runs a program to its end: `heard` gets each line of its stdout as it comes. `input` is all that it
   * reads. An aborted signal asks it to stop (SIGTERM) and waits for its end. It is given the environment, except what a workflow gives its
   * own steps. Undefined if it could not be started.
   */
  follow(
    program: string,
    args: readonly string[],
    how: { readonly folder: string; readonly input: string; readonly signal: AbortSignal; heard(line: string): void },
  ): Promise<{ readonly code: number | null; readonly errors: string } | undefined>
}

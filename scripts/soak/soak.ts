/** Something that runs at length to find what the tests' samples miss. */
export interface Soak {
  /** What it does, in one line. */
  readonly summary: string
  /**
   * Runs to the end, or throws at the first thing that does not hold.
   *
   * @param seed Decides every number that is drawn: the same seed runs the same again.
   * @param say Hears what was run, as it goes on.
   * @returns The figure: how much was run.
   */
  run(seed: number, say: (line: string) => void): Promise<string>
}

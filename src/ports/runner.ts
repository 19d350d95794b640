// Port: the GitHub Actions runner that started this run.

/** A note that GitHub shows beside a run, and beside a line of a file if it names one. */
export interface Annotation {
  readonly level: 'error' | 'warning'
  readonly title: string
  /** May have several lines. */
  readonly message: string
  /** Relative to the workspace. */
  readonly file?: string
  /** Counts from 1. */
  readonly line?: number
  /** Counts from 1. */
  readonly column?: number
}

/** What an action can tell the runner that started it. No text is ever taken for a command of the runner. */
export interface Runner {
  /** Writes a line of the log; line ends in it become blanks. */
  line(text: string): void
  /** Writes lines that are folded under a title. */
  group(title: string, lines: readonly string[]): void
  annotate(annotation: Annotation): void
  /** Makes the runner hide a text of one line in everything it shows from now on. */
  mask(text: string): void
  /** Sets an output of the step: a string as it is, null as the empty text, any other value as JSON. */
  output(name: string, value: unknown): void
  /** Adds Markdown to the job's summary. Throws if the server has no summaries, as old ones do not. */
  summary(markdown: string): Promise<void>
}

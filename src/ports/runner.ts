// Port: the GitHub Actions runner that started this run.

/** A note that GitHub shows beside a run, and beside the line of a file if it has a place. */
export interface Annotation {
  readonly level: 'error' | 'warning'
  readonly title: string
  /** May be of several lines. */
  readonly message: string
  /** Relative to the workspace. */
  readonly file?: string
  /** Counts from 1. */
  readonly line?: number
  /** Counts from 1. */
  readonly column?: number
}

/** What an action can tell the runner that started it. Whatever the texts hold, the runner takes them for text. */
export interface Runner {
  /** A line of the log; line ends in it become blanks. */
  line(text: string): void
  /** Lines that are folded under a title. */
  group(title: string, lines: readonly string[]): void
  annotate(annotation: Annotation): void
  /** Has the runner hide a text of one line wherever it is shown from now on. */
  mask(text: string): void
  /** Sets an output of the step: a string as it is, null as nothing, all else as JSON. */
  output(name: string, value: unknown): void
  /** Adds Markdown to the job's summary. Fails where there is none, as on an old server. */
  summary(markdown: string): Promise<void>
}

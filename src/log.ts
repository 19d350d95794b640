/**
 * Takes the lines that say what the program is doing. A host decides how they look and where they go: never to stdout, which is for
 * results.
 */
export interface Log {
  /** A step, an event, a fact worth a line. */
  info(text: string): void
  /** Something the reader should look at, though the work goes on. */
  warn(text: string): void
  /** How far long work has come; a host may overwrite the line before. `done` and `total` are of one unit. */
  progress(what: string, done: number, total: number): void
}

/** A log that says nothing. */
export const silent: Log = { info() {}, warn() {}, progress() {} }

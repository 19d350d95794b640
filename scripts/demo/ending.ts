/** What a step found is not what it should be. */
export class DemoError extends Error {}

/** What to try next, in three lines below their title. */
export const closing = [
  'What to try next:',
  '  npm run local              keeps a local AWS running, for commands of your own in another terminal',
  '  node dist/cli.js --help    lists what towpath does; each of its verbs has a --help as well',
  '  examples/, platform/       three services and a platform to copy, with a README each: begin there',
] as const

/** A failure as the reader of the demo needs it; the stack only of what nobody foresaw. */
export function failureText(error: unknown, step: string): string {
  const why = error instanceof DemoError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `the demo failed at ${step === '' ? 'its beginning' : `'${step}'`}, and everything it started was stopped\n${why}`
}

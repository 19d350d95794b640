/** The bundle's two doors; each loads nothing of the other. `heard` are the signals that came while the bundle was read. */

/** The command line: see cli.ts. */
export async function main(argv: readonly string[], heard: readonly NodeJS.Signals[] = []): Promise<void> {
  const cli = await import('./cli.ts')
  return cli.main(argv, heard)
}

/** A step of a workflow: see action.ts. */
export async function action(verb: string, heard: readonly NodeJS.Signals[] = []): Promise<void> {
  const host = await import('./action.ts')
  return host.action(verb, heard)
}

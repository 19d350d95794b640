/** The two entries of the bundle. Neither loads anything of the other. `heard` are the signals that came while the bundle was read. */

/** Runs the CLI: see cli.ts. */
export async function main(argv: readonly string[], heard: readonly NodeJS.Signals[] = []): Promise<void> {
  const cli = await import('./cli.ts')
  return cli.main(argv, heard)
}

/** Runs a step of a workflow: see action.ts. */
export async function action(verb: string, heard: readonly NodeJS.Signals[] = []): Promise<void> {
  const host = await import('./action.ts')
  return host.action(verb, heard)
}

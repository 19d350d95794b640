/** The two entries of the bundle. Neither loads anything of the other. */

/** Runs the CLI: see cli.ts. */
export async function main(argv: readonly string[]): Promise<void> {
  const cli = await import('./cli.ts')
  return cli.main(argv)
}

/** Runs a step of a workflow: see action.ts. */
export async function action(verb: string): Promise<void> {
  const host = await import('./action.ts')
  return host.action(verb)
}

/** The bundle's two doors; each loads nothing of the other. */

/** The command line: see cli.ts. */
export async function main(argv: readonly string[]): Promise<void> {
  const cli = await import('./cli.ts')
  return cli.main(argv)
}

/** A step of a workflow: see action.ts. */
export async function action(verb: string): Promise<void> {
  const host = await import('./action.ts')
  return host.action(verb)
}

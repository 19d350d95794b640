import type { Command, Output } from '../../src/commands/command.ts'

/** The outputs that are not as the verb declares them: missing, undeclared, or of another kind. Types say so too, but a failure's do not. */
export function undeclaredOutputs({ outputs: declared }: Pick<Command, 'outputs'>, given: object): readonly string[] {
  const fields = new Map<string, unknown>(Object.entries(given))
  return [
    ...[...fields.keys()].filter((name) => !Object.hasOwn(declared, name)).map((name) => `${name} is not declared`),
    ...Object.entries(declared)
      .filter(([name, output]) => !fits(output, fields.get(name)))
      .map(([name, { kind }]) => `${name} is no ${kind}: ${JSON.stringify(fields.get(name))}`),
  ]
}

function fits(output: Output, value: unknown): boolean {
  if (value === null) return output.nullable === true || output.kind === 'any'
  switch (output.kind) {
    case 'enum':
      return output.values.includes(String(value))
    case 'list':
      return Array.isArray(value)
    case 'map':
      return typeof value === 'object' && !Array.isArray(value)
    case 'any':
      return value !== undefined
    default:
      return typeof value === output.kind
  }
}

/** A JSON Schema, as the compiled validators carry it: `errorMessage` says what was expected, `title` names what is described. */
export type Schema = Readonly<Record<string, unknown>>

/** An error as ajv reports it with `verbose`, as far as it is read here. */
export interface SchemaError {
  /** A JSON pointer to the value; for keywords about a key, to the map that has it. */
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly data?: unknown
  readonly parentSchema?: Schema
}

/** A schema that scripts/schemas.ts compiled. `errors` are those of the last call. */
export interface Validator {
  (data: unknown): boolean
  readonly errors?: readonly SchemaError[] | null
}

/** Hints for wrong strings, by the `title` of the schema that refused them. */
export type Hints = Readonly<Record<string, (wrong: string) => string | undefined>>

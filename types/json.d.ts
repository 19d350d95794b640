/** What Node 24 has of JSON and TypeScript 7.0 does not know. Source: ECMA-262, JSON.parse source text access. */
interface JSON {
  /** The reviver's third argument has the text of a value without values in it. */
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  /** An object that JSON.stringify writes as this text. */
  rawJSON(text: string): object
}

/** What was done with the pages' `gh` (gh.ts), for the workflows that run afterwards. */
export interface State {
  /** The organisation's variables. */
  readonly variables: Readonly<Record<string, string>>
  /** The inputs of the last dispatch, by the workflow's file. */
  readonly dispatched: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Pull requests; the first is number 1. */
  readonly pulls: readonly { readonly head: string; readonly title: string }[]
}

export const nothing: State = { variables: {}, dispatched: {}, pulls: [] }

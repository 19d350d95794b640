/** What the service answers, as the SDK throws it. Only the port makes a TowpathError of it, by the table that the real one uses. */
export class Answer extends Error {
  override readonly name: string
  readonly code: string | undefined
  readonly $metadata: { readonly httpStatusCode?: number; readonly attempts: number }

  constructor(name: string, message: string, metadata: Answer['$metadata'], code?: string) {
    super(message)
    this.name = name
    this.code = code
    this.$metadata = metadata
  }
}

/** A refusal. @param name The service's error code, as the SDK calls it: `InvalidChangeSetStatusException`. */
export function refusal(name: string, message: string): Answer {
  return new Answer(name, message, { httpStatusCode: 400, attempts: 1 })
}

export function invalid(message: string): Answer {
  return refusal('ValidationError', message)
}

/** The service asks to slow down, as often as the client tries. */
export function throttled(): Answer {
  return new Answer('Throttling', 'Rate exceeded', { httpStatusCode: 400, attempts: 8 })
}

/** The service has a problem of its own. */
export function broken(): Answer {
  const text = 'The request processing has failed because of an unknown error, exception or failure.'
  return new Answer('InternalFailure', text, { httpStatusCode: 500, attempts: 8 })
}

/** No reply, as often as the client tries. */
export function silence(): Answer {
  return new Answer('Error', 'socket hang up', { attempts: 8 }, 'ECONNRESET')
}

/** What the fake was asked for and does not do: a plain error, so that no test takes it for the service's answer. */
export function beyond(what: string): Error {
  return new Error(`the fake CloudFormation does not know ${what}`)
}

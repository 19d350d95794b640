import type { LiveOutputs } from '../../deployment/log/listener.ts'

/** Hosts of AWS's own interfaces that outputs often name: nobody's service answers there. */
const interfaces = /^(?:[\w-]+\.)*(?:sqs|queue|sns|dynamodb|kinesis|s3)(?:[.-][\w-]+)*\.amazonaws\.com(?:\.cn)?$/

/** The longest address that is shown. */
const LONGEST = 1_000

/**
 * Where a service answers, as its stacks' outputs say: an output named `Url`, else one whose name ends in `Url` or `URL`, that is an http or
 * https address without credentials or a query (which may be secret), and not one of AWS's own interfaces (as a QueueUrl is). Of several,
 * the one of the stack that depends on the others, then the first by name.
 * @param stacks in the order in which they were deployed
 */
export function environmentUrl(stacks: readonly LiveOutputs[]): string | null {
  const found = stacks.toReversed().flatMap(({ outputs }) =>
    Object.entries(outputs)
      .filter(([name, value]) => /url$/i.test(name) && isAddress(value))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  const [, url] = found.find(([name]) => /^url$/i.test(name)) ?? found.find(([name]) => /U(?:rl|RL)$/.test(name)) ?? []
  return url ?? null
}

function isAddress(value: string): boolean {
  const url = value.length <= LONGEST && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) return false
  return url.username === '' && url.password === '' && url.search === '' && !interfaces.test(url.hostname)
}

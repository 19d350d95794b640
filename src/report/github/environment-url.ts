import type { LiveOutputs } from '../../deployment/log/listener.ts'

/** Hosts of AWS's own APIs, which outputs often name: no service of ours answers there. */
const interfaces = /^(?:[\w-]+\.)*(?:sqs|queue|sns|dynamodb|kinesis|s3)(?:[.-][\w-]+)*\.amazonaws\.com(?:\.cn)?$/

/** The longest address that is shown. */
const LONGEST = 1_000

/**
 * The address at which a service answers, from its stacks' outputs: an output named `Url`, else one whose name ends in `Url` or `URL`. It
 * must be an http or https address without credentials and without a query, which may be secret, and none of AWS's own APIs, as a QueueUrl
 * is. If there are several, the last stack wins, which depends on the others; within a stack the first name.
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

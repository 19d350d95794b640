import { readFile } from 'node:fs/promises'
import type { PullRequest } from '../../ports/pull-request-comments.ts'

type Variables = Readonly<Record<string, string | undefined>>
type Fields = Readonly<Record<string, unknown>>

/** Who opens pull requests that get the token of a fork's. Source: GitHub Docs, "Troubleshooting Dependabot on GitHub Actions". */
const DEPENDABOT = 'dependabot[bot]'

/**
 * The pull request that this run is of, from the event that started it, else from the name of its ref; undefined if it is of none. Source:
 * GitHub Docs, "Events that trigger workflows" and "Default environment variables".
 */
export async function pullRequestOf(variables: Variables): Promise<PullRequest | undefined> {
  const event = await readEvent(variables.GITHUB_EVENT_PATH)
  const pull = fieldsOf(event.pull_request)
  const issue = fieldsOf(event.issue)
  const told = numberOf(pull.number) ?? ('pull_request' in issue ? numberOf(issue.number) : undefined)
  const number = told ?? numberOf(Number(/^refs\/pull\/(\d{1,10})\/(?:merge|head)$/.exec(variables.GITHUB_REF ?? '')?.[1]))
  if (number === undefined) return undefined
  const head = fieldsOf(pull.head)
  const commit = typeof head.sha === 'string' && /^[0-9a-f]{40,64}$/.test(head.sha) ? head.sha : undefined
  return { number, commit, stranger: strangerOf(pull, head) }
}

function strangerOf(pull: Fields, head: Fields): PullRequest['stranger'] {
  if (fieldsOf(pull.user).login === DEPENDABOT) return 'dependabot'
  const [from, to] = [fieldsOf(head.repo).full_name, fieldsOf(fieldsOf(pull.base).repo).full_name]
  // A fork that was deleted has no repository any more.
  return typeof to === 'string' && from !== to ? 'fork' : undefined
}

async function readEvent(path: string | undefined): Promise<Fields> {
  if (!path) return {}
  try {
    return fieldsOf(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return {}
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

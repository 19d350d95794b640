import { TowpathError } from '../../errors.ts'

/** A repository of GitHub that may act. Its id stays when it is renamed, and is never given to another. */
export interface Repository {
  /** `acme/greeter`, in GitHub's own spelling. */
  readonly name: string
  readonly id: string
  /** The id of its owner: needed for the subjects that new repositories send. */
  readonly owner: string | undefined
}

/** Where reusable workflows come from: `towpath-dev/towpath`, at one ref. */
export interface Workflows {
  readonly repository: string
  /** 40 digits of a commit, or `refs/tags/…`, `refs/heads/…`. */
  readonly ref: string
}

const repository = /^([\w.-]+\/[\w.-]+)=(\d+)(?:@(\d+))?$/
const workflows = /^([\w.-]+\/[\w.-]+)@(\S+)$/

/** Reads `acme/greeter=123456@789`. Throws 'bad-input' with where the numbers are found. */
export function parseRepository(text: string): Repository {
  const [, name, id, owner] = repository.exec(text) ?? []
  if (name === undefined || id === undefined)
    throw new TowpathError('bad-input', `'${text}' is no repository with its id`, {
      hint: `give <owner>/<name>=<id>@<id of the owner>; \`gh api repos/<owner>/<name> --jq '"\\(.full_name)=\\(.id)@\\(.owner.id)"'\` prints it`,
    })
  return { name, id, owner }
}

export function printRepository({ name, id, owner }: Repository): string {
  return `${name}=${id}${owner === undefined ? '' : `@${owner}`}`
}

/** Reads `towpath-dev/towpath@<ref>`. Throws 'bad-input' for a ref that is not written as GitHub's tokens write it. */
export function parseWorkflows(text: string): Workflows {
  const [, name, ref] = workflows.exec(text) ?? []
  if (name === undefined || ref === undefined)
    throw new TowpathError('bad-input', `'${text}' does not say where workflows come from`, {
      hint: 'give <owner>/<repository>@<commit>, as the callers pin it behind `uses:`',
    })
  if (!/^([0-9a-f]{40}|refs\/(tags|heads)\/\S+)$/.test(ref))
    throw new TowpathError('bad-input', `'${ref}' in '${text}' is no ref as GitHub's tokens name it`, {
      hint: 'give the 40 digits of the commit that the callers pin, or refs/tags/<tag> where they pin a tag (which its owner can move)',
    })
  return { repository: name, ref }
}

export function printWorkflows({ repository, ref }: Workflows): string {
  return `${repository}@${ref}`
}

/**
 * The subjects under which a repository's tokens may come: by names alone, and by names with ids, as repositories send them that were
 * made, renamed or transferred since 15 July 2026, or opted in. Without the owner's id the second form cannot be known.
 * Source: GitHub docs, OpenID Connect reference, "Immutable subject claims"; changelog of 23 April 2026.
 * @param context What follows the repository: `environment:production`, `pull_request`, `ref:refs/heads/main`.
 */
export function subjectsOf({ name, id, owner }: Repository, context: string): string[] {
  const [account, repo] = name.split('/')
  const withIds = owner === undefined ? [] : [`repo:${account}@${owner}/${repo}@${id}:${context}`]
  return [`repo:${name}:${context}`, ...withIds]
}

/** What GitHub's tokens say of a job in one of these workflow files: the innermost reusable workflow, at the caller's pin. */
export function workflowRefs(sources: readonly Workflows[], files: readonly string[]): string[] {
  return sources.flatMap(({ repository, ref }) => files.map((file) => `${repository}/.github/workflows/${file}@${ref}`))
}

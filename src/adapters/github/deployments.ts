import { TowpathError } from '../../errors.ts'
import type {
  DeploymentState,
  DeploymentSubject,
  GitHubDeployments,
  ListedDeployment,
  StatusUpdate,
} from '../../ports/github-deployments.ts'
import type { GitHubApi } from './api.ts'
import { type RefusedRequest, refusal } from './refusal.ts'

/** GitHub's word for each state. Source: GitHub's REST API, "Create a deployment status". */
const gitHubStates = {
  'in-progress': 'in_progress',
  succeeded: 'success',
  failed: 'failure',
  unknown: 'error',
  superseded: 'inactive',
} as const satisfies Record<DeploymentState, string>

/** The same in the other direction, with the words that only others use. */
const statesOfGitHub: Readonly<Record<string, DeploymentState>> = {
  queued: 'in-progress',
  pending: 'in-progress',
  ...Object.fromEntries(Object.entries(gitHubStates).map(([state, word]) => [word, state as DeploymentState])),
}

const SCHEMA = 'towpath/github-deployment@1'

/** The repository's deployments, by GitHub's REST API. A deployment of ours is recognised by its payload. */
export function gitHubDeployments({ owner, repo, request }: GitHubApi): GitHubDeployments {
  const where = { owner, repo }

  async function update(id: number, { state, description, log, url }: StatusUpdate): Promise<void> {
    await ask('tell how a deployment stands', () =>
      request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
        ...where,
        deployment_id: id,
        state: gitHubStates[state],
        description,
        ...(log === null ? {} : { log_url: log }),
        ...(url === null ? {} : { environment_url: url }),
        // Several services share an environment: GitHub would make all of theirs inactive.
        auto_inactive: false,
      }),
    )
  }
  return {
    update,

    async create({ kind, service, environment, deployment, release, record, commit, description, production }) {
      const { status, data } = await ask('announce a deployment', () =>
        request('POST /repos/{owner}/{repo}/deployments', {
          ...where,
          ref: commit,
          task: taskOf({ kind, service, environment }),
          // By default GitHub would merge the default branch into the ref, and refuse a commit whose checks are not all green.
          auto_merge: false,
          required_contexts: [],
          environment,
          description,
          payload: { schema: SCHEMA, kind, service, environment, deployment, release, record },
          production_environment: production,
          // An environment of Towpath's is declared by the platform, and stays.
          transient_environment: false,
        }),
      )
      // 202: GitHub merged a branch instead, and created no deployment.
      const id = status === 201 && 'id' in data ? Number(data.id) : Number.NaN
      if (!Number.isSafeInteger(id)) throw new TowpathError('conflict', `GitHub made no deployment (${status})`, { blame: 'service' })
      return id
    },

    async list(subject) {
      const { data } = await ask('list deployments', () =>
        request('GET /repos/{owner}/{repo}/deployments', {
          ...where,
          task: taskOf(subject),
          environment: subject.environment,
          per_page: 100,
        }),
      )
      return Array.isArray(data) ? data.flatMap(({ id, payload, created_at }) => listedIn(Number(id), payload, created_at)) : []
    },

    async state(id) {
      const { data } = await ask('say how a deployment stands', () =>
        request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', { ...where, deployment_id: id, per_page: 1 }),
      )
      return statesOfGitHub[data[0]?.state ?? '']
    },

    async remove(id) {
      // GitHub deletes inactive deployments only.
      const description = 'inactive: announced twice'
      await update(id, { state: 'superseded', description, log: null, url: null })
      await ask('delete a deployment', () =>
        request('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', { ...where, deployment_id: id }),
      )
    },
  }
}

/** GitHub's own example of a task in a part of a repository is `deploy:migrations`. */
function taskOf({ kind, service }: DeploymentSubject): string {
  return `${kind}:${service}`
}

async function ask<T>(to: RefusedRequest['to'], request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (thrown) {
    throw refusal(thrown, { to, permission: 'deployments: write' })
  }
}

/**
 * GitHub gives a payload back as it was sent: an object, or a string that may hold one. A deployment that somebody else created has another
 * payload.
 */
function listedIn(id: number, payload: unknown, created: string): readonly ListedDeployment[] {
  const given = typeof payload === 'string' ? parsed(payload) : payload
  if (typeof given !== 'object' || given === null || !('schema' in given) || given.schema !== SCHEMA) return []
  if (!('record' in given) || typeof given.record !== 'string' || !Number.isSafeInteger(id)) return []
  return [{ id, record: given.record, time: new Date(created) }]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

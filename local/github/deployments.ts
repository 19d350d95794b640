import { type Ask, created, notFound, ok, type Reply, refused, user } from './reply.ts'
import { type Commit, commitAt, type Deployment, historyOf, type Status } from './repository.ts'

/**
 * Deployments as GitHub keeps them. What it does unasked is done here too: it merges the default branch in, waits for every check of
 * the commit (of which the run that asks is one), and sets earlier deployments inactive. Source: GitHub's REST API, "Deployments".
 */
export const deployments = {
  'repos/create-deployment': create,
  'repos/list-deployments': list,
  'repos/get-deployment': (ask: Ask): Reply => withDeployment(ask, (deployment) => ok(shown(ask, deployment))),
  'repos/delete-deployment': remove,
  'repos/create-deployment-status': createStatus,
  'repos/list-deployment-statuses': (ask: Ask): Reply =>
    withDeployment(ask, (deployment) => ({ status: 200, items: deployment.statuses.map(shownStatus).toReversed() })),
}

const DESCRIPTION_AT_MOST = 140

function create({ repository, body, now, number }: Ask): Reply {
  const ref = String(body.ref)
  const commit = commitAt(repository, ref)
  if (!commit) return refused('Deployment', 'ref', `No ref found for: ${ref}`)
  if (body.auto_merge !== false && behindDefault({ repository }, commit))
    return { status: 202, body: { message: `Auto-merged main into ${ref} on deployment.` } }
  if (!Array.isArray(body.required_contexts))
    return { status: 409, body: { message: `Conflict: Commit status checks are pending for ${ref}.` } }
  const environment = String(body.environment ?? 'production')
  const deployment: Deployment = {
    id: number(),
    ref,
    sha: commit.sha,
    task: String(body.task ?? 'deploy'),
    environment,
    description: typeof body.description === 'string' ? body.description : null,
    payload: body.payload ?? {},
    transient: body.transient_environment === true,
    production: typeof body.production_environment === 'boolean' ? body.production_environment : environment === 'production',
    created: now(),
    statuses: [],
  }
  repository.deployments.set(deployment.id, deployment)
  return created(shown({ repository }, deployment))
}

function behindDefault({ repository }: Pick<Ask, 'repository'>, { sha }: Commit): boolean {
  const main = repository.refs.get('main')
  return main !== undefined && !historyOf(repository, sha).some((commit) => commit.sha === main)
}

function list(ask: Ask): Reply {
  const wanted = (['sha', 'ref', 'task', 'environment'] as const).flatMap((name) => {
    const value = ask.parameter(name)
    return value === undefined || value === 'none' ? [] : [(one: Deployment) => one[name] === value]
  })
  const found = [...ask.repository.deployments.values()].filter((one) => wanted.every((fits) => fits(one)))
  return { status: 200, items: found.toReversed().map((one) => shown(ask, one)) }
}

function remove(ask: Ask): Reply {
  return withDeployment(ask, (deployment) => {
    const active = deployment.statuses.at(-1)?.state !== 'inactive'
    if (active && ask.repository.deployments.size > 1)
      return refused(
        'Deployment',
        'state',
        'We cannot delete an active deployment unless it is the only deployment in a given environment.',
      )
    ask.repository.deployments.delete(deployment.id)
    return { status: 204 }
  })
}

function createStatus(ask: Ask): Reply {
  const { body, now, number, repository } = ask
  return withDeployment(ask, (deployment) => {
    const description = String(body.description ?? '')
    if (description.length > DESCRIPTION_AT_MOST)
      return refused('DeploymentStatus', 'description', `description is too long (maximum is ${DESCRIPTION_AT_MOST} characters)`)
    const status: Status = {
      id: number(),
      state: String(body.state),
      description,
      environment: String(body.environment ?? deployment.environment),
      logUrl: String(body.log_url ?? body.target_url ?? ''),
      environmentUrl: String(body.environment_url ?? ''),
      created: now(),
    }
    deployment.statuses.push(status)
    if (status.state === 'success' && body.auto_inactive !== false) {
      const { environment } = status
      for (const earlier of repository.deployments.values()) if (yields(earlier, deployment, environment)) deactivate(earlier, ask)
    }
    return created(shownStatus(status))
  })
}

/** Whether an earlier deployment becomes inactive since another one succeeded there. */
function yields(earlier: Deployment, succeeded: Deployment, environment: string): boolean {
  const last = earlier.statuses.at(-1)
  return (
    earlier.id < succeeded.id && !earlier.transient && !earlier.production && last?.state === 'success' && last.environment === environment
  )
}

function deactivate({ environment, statuses }: Deployment, { now, number }: Ask): void {
  statuses.push({ id: number(), state: 'inactive', description: '', environment, logUrl: '', environmentUrl: '', created: now() })
}

function withDeployment({ repository, parameter }: Ask, answer: (deployment: Deployment) => Reply): Reply {
  const deployment = repository.deployments.get(Number(parameter('deployment_id')))
  return deployment ? answer(deployment) : notFound()
}

function shown({ repository: { owner, name } }: Pick<Ask, 'repository'>, deployment: Deployment): unknown {
  const { id, ref, sha, task, environment, description, payload, transient, production, created, statuses } = deployment
  const url = `https://api.github.com/repos/${owner}/${name}/deployments/${id}`
  return {
    ...{ id, url, ref, sha, task, environment, original_environment: environment, description, payload, statuses_url: `${url}/statuses` },
    transient_environment: transient,
    production_environment: production,
    created_at: created,
    updated_at: statuses.at(-1)?.created ?? created,
    creator: user('github-actions[bot]'),
  }
}

function shownStatus({ id, state, description, environment, logUrl, environmentUrl, created }: Status): unknown {
  const urls = { target_url: logUrl, log_url: logUrl, environment_url: environmentUrl }
  return { id, state, description, environment, ...urls, created_at: created, updated_at: created, creator: user('github-actions[bot]') }
}

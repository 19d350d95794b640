import { type Action, actionAt, type File, type Input, type Job, type Step, type Workflow } from './workflow.ts'

/** What GitHub may not be asked to check, or cannot: each rule lists what breaks it in a file, as `<place>: <what>`. */

/** The repository that callers name, until a release says another. */
const own = 'towpath-dev/towpath'

/** What we use of others: GitHub's own, and in our own CI only also what sets Node up. */
const others = ['actions/checkout', 'actions/upload-artifact', 'actions/download-artifact']
const othersInCi = [...others, 'actions/setup-node']

/**
 * Every job of every workflow with what its token may do. Reading the content is for the checkout, and for the order of commits; id-token
 * is for AWS credentials, deployments and pull-requests for GitHub's record and the comment,
 * whose order is asked of the runs: actions.
 */
const reads = { contents: 'read' }
const plans = { contents: 'read', 'id-token': 'write' }
const deploys = { contents: 'read', deployments: 'write', 'id-token': 'write' }
const comments = { actions: 'read', contents: 'read', 'id-token': 'write', 'pull-requests': 'write' }
const permissions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '.github/workflows/build.yml build': reads,
  '.github/workflows/ci.yml static': reads,
  '.github/workflows/ci.yml check': reads,
  '.github/workflows/deploy.yml plan': plans,
  '.github/workflows/deploy.yml apply': deploys,
  '.github/workflows/plan.yml offline': reads,
  '.github/workflows/plan.yml plan': comments,
  '.github/workflows/platform.yml check': reads,
  '.github/workflows/platform.yml publish': plans,
  '.github/workflows/platform.yml deploy': deploys,
  '.github/workflows/rollback.yml rollback': deploys,
  'workflows/monorepo-service.yml build': reads,
  'workflows/monorepo-service.yml deploy': deploys,
  'workflows/monorepo.yml deploy': deploys,
  'workflows/own-build.yml build': reads,
  'workflows/own-build.yml staging': deploys,
  'workflows/plan.yml build': reads,
  'workflows/plan.yml plan': comments,
  'workflows/platform.yml platform': deploys,
  'workflows/rollback.yml rollback': deploys,
  'workflows/service.yml build': reads,
  'workflows/service.yml staging': deploys,
  'workflows/service.yml production': deploys,
}

/** The jobs that change an environment: they queue up, each kind by itself, and are never cancelled. */
const changing: Readonly<Record<string, string>> = {
  '.github/workflows/deploy.yml apply': 'towpath-apply/',
  '.github/workflows/rollback.yml rollback': 'towpath-rollback/',
}

/** A job that runs on a push by itself, and builds one commit after the other. */
const building = 'workflows/own-build.yml build'

/** `uses` names a commit with its version beside it, or this very commit; and of others only what is allowed. */
export function unpinned({ path, text }: File): readonly string[] {
  const allowed = path.endsWith('/ci.yml') ? othersInCi : others
  return [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].flatMap(([, uses = '']) => {
    if (/^\$\/(actions\/[a-z-]+|\.github\/workflows\/[a-z-]+\.yml)$/.test(uses)) return []
    const [, what = '', repository = ''] = /^(([\w-]+\/[\w-]+)\S*)@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.exec(uses) ?? []
    if (what === '') return [`${uses}: not a full commit with its version`]
    return allowed.includes(what) || repository === own ? [] : [`${uses}: not one of ${allowed.join(', ')}`]
  })
}

/** The commits that are named for each action or repository, with their versions; more than one is a slip. */
export function commits(files: readonly File[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { text } of files)
    for (const [, repository = '', commit = ''] of text.matchAll(/uses: ([\w-]+\/[\w-]+)[^@\n]*@(.+)$/gm))
      found.set(repository, (found.get(repository) ?? new Set()).add(commit))
  return found
}

/** The workflow's own token may do nothing, and each job's exactly what the table says. */
export function unexpectedPermissions({ path, workflow }: File): readonly string[] {
  const top = JSON.stringify(workflow.permissions) === '{}' ? [] : [`${path}: permissions at the top must be {}`]
  const jobs = jobsOf(workflow).flatMap(([name, job]) => {
    const wanted = JSON.stringify(permissions[`${path} ${name}`])
    const given = JSON.stringify(job.permissions)
    return wanted !== undefined && given === wanted ? [] : [`${path} ${name}: ${given} instead of ${wanted}`]
  })
  return [...top, ...jobs]
}

/** Nothing is put into a script by an expression: not a branch, not a title, not an input. */
export function interpolated({ path, workflow }: File): readonly string[] {
  return steps(workflow).flatMap(([place, { run }]) => (run?.includes('${{') ? [`${path} ${place}: an expression in a script`] : []))
}

/** Jobs that change an environment queue up in a group of their own and write no deployment of GitHub's; nothing else queues. */
export function misqueued({ path, workflow }: File): readonly string[] {
  if (path.endsWith('/ci.yml')) return []
  const above = workflow.concurrency === undefined ? [] : [`${path}: concurrency of the whole workflow`]
  const jobs = jobsOf(workflow).flatMap(([name, { concurrency, environment }]) => {
    const place = `${path} ${name}`
    const group = changing[place]
    if (group === undefined)
      return [
        ...(concurrency === undefined || place === building ? [] : [`${place}: concurrency where nothing is changed`]),
        ...(environment === undefined ? [] : [`${place}: an environment where nothing is changed`]),
      ]
    return [
      ...(concurrency?.group.startsWith(group) ? [] : [`${place}: its concurrency group must begin with ${group}`]),
      ...(concurrency?.group.includes('inputs.environment') ? [] : [`${place}: its concurrency group must name the environment`]),
      ...(concurrency?.queue === 'max' ? [] : [`${place}: queue must be max`]),
      ...(concurrency?.['cancel-in-progress'] === false ? [] : [`${place}: cancel-in-progress must be false`]),
      ...(environment?.deployment === false ? [] : [`${place}: environment.deployment must be false`]),
    ]
  })
  return [...above, ...jobs]
}

/** A job ends by itself, no checkout leaves the token behind, and nothing needs a secret. */
export function careless({ path, text, workflow }: File): readonly string[] {
  const jobs = jobsOf(workflow).flatMap(([name, job]) => [
    ...(job.uses === undefined && job['timeout-minutes'] === undefined ? [`${path} ${name}: no timeout-minutes`] : []),
    ...(job.env === undefined ? [] : [`${path} ${name}: env of a whole job reaches every step`]),
  ])
  const each = steps(workflow).flatMap(([place, step]) =>
    step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false
      ? [`${path} ${place}: persist-credentials must be false`]
      : [],
  )
  return [
    ...jobs,
    ...each,
    ...(/\bsecrets\b/.test(text.replace(/#.*$/gm, '')) ? [`${path}: credentials come by OIDC, not as secrets`] : []),
  ]
}

/** What needs no AWS. */
const offline = ['$/actions/validate', '$/actions/merge-templates']

/** A step that talks to AWS says as which role and in which account, and only a job that may ask for an id token has such a step. */
export function anonymous({ path, workflow }: File): readonly string[] {
  return jobsOf(workflow).flatMap(([name, { permissions = {}, steps = [] }]) => {
    const talking = steps.filter(({ uses = '' }) => uses.startsWith('$/actions/') && !offline.includes(uses))
    const mayAsk = permissions['id-token'] === 'write'
    return [
      ...talking.flatMap(({ uses, with: given = {} }) =>
        ['account', 'role'].flatMap((input) => (given[input] ? [] : [`${path} ${name} ${uses}: ${input} is missing`])),
      ),
      ...(talking.length > 0 && !mayAsk ? [`${path} ${name}: talks to AWS, and has no id-token: write`] : []),
      ...(talking.length === 0 && mayAsk && steps.length > 0 ? [`${path} ${name}: id-token: write, and nothing that needs it`] : []),
    ]
  })
}

/** What a build handed over goes, right after it was taken over, to a verb that checks it and unpacks it in a folder of its own. */
export function unchecked({ path, workflow }: File): readonly string[] {
  return jobsOf(workflow).flatMap(([name, { steps = [] }]) =>
    steps.flatMap((step, index) => {
      if (!step.uses?.startsWith('actions/download-artifact@')) return []
      const next = steps[index + 1]
      const goes =
        ['$/actions/plan', '$/actions/create-release'].includes(next?.uses ?? '') && /runner\.temp/.test(String(next?.with?.archive))
      const outside = String(step.with?.path).startsWith('${{ runner.temp }}/')
      return goes && outside && next?.with?.digest === '${{ inputs.digest }}'
        ? []
        : [`${path} ${name}: an archive is taken over and not checked`]
    }),
  )
}

/** What a job that may ask for a token runs: GitHub's own actions and ours, each pinned, with nothing of the checkout in their way. */
const trustedSteps = /^(?:actions\/(?:checkout|download-artifact)@[0-9a-f]{40}|\$\/actions\/[a-z-]+)$/
/** What a step or a job may say beside: none of these can bring code, as `run`, `env`, `shell`, `container` and `services` can. */
const stepKeys: ReadonlySet<string> = new Set(['name', 'id', 'if', 'uses', 'with'])
const jobKeys: ReadonlySet<string> = new Set([
  ...['name', 'needs', 'if', 'runs-on', 'timeout-minutes', 'permissions', 'outputs', 'steps', 'environment', 'concurrency', 'strategy'],
  ...['uses', 'with'],
])

/** Nothing of a pull request, or of any checkout, runs where a token can be asked for: id-token, or one that writes. */
export function exposed({ path, workflow }: File): readonly string[] {
  return jobsOf(workflow).flatMap(([name, job]) => {
    if (!Object.values(job.permissions ?? {}).includes('write')) return []
    const strayKeys = Object.keys(job).filter((key) => !jobKeys.has(key))
    const where = job['runs-on'] === undefined || job['runs-on'] === 'ubuntu-latest' ? [] : [`${path} ${name}: runs on ${job['runs-on']}`]
    return [
      ...where,
      ...strayKeys.map((key) => `${path} ${name}: ${key} in a job that may ask for a token`),
      ...(job.steps ?? []).flatMap((step, index) => {
        const place = `${path} ${name} ${step.name ?? index}`
        return [
          ...(trustedSteps.test(step.uses ?? '') ? [] : [`${place}: runs what is not pinned here`]),
          ...Object.keys(step).flatMap((key) => (stepKeys.has(key) ? [] : [`${place}: ${key} in a job that may ask for a token`])),
        ]
      }),
    ]
  })
}

/** Calls of our reusable workflows and actions give what is required, nothing unknown, and take only outputs there are. */
export function miscalled(file: File, called: (path: string) => Workflow | undefined): readonly string[] {
  const { path, workflow } = file
  return jobsOf(workflow).flatMap(([name, job]) => [
    ...callOfWorkflow(`${path} ${name}`, job, called),
    ...callsOfActions(`${path} ${name}`, job),
    ...strayOutputs(file, name, called),
  ])
}

function callOfWorkflow(place: string, job: Job, called: (path: string) => Workflow | undefined): readonly string[] {
  if (job.uses === undefined) return []
  const target = called(workflowPath(job.uses, place))
  const declared = target?.on.workflow_call
  if (target === undefined || !declared) return [`${place}: no reusable workflow ${job.uses}`]
  const secrets = typeof job.secrets === 'object' ? job.secrets : {}
  const needed = new Set(jobsOf(target).flatMap(([, { permissions = {} }]) => Object.entries(permissions).map((one) => one.join(': '))))
  const given = new Set(Object.entries(job.permissions ?? {}).flatMap(([name, level]) => [`${name}: ${level}`, `${name}: read`]))
  return [
    ...mismatches(place, declared.inputs ?? {}, job.with ?? {}, 'input'),
    ...mismatches(place, declared.secrets ?? {}, secrets, 'secret'),
    ...[...needed.difference(given)].map((permission) => `${place}: permission ${permission} is needed by ${job.uses}`),
  ]
}

function callsOfActions(place: string, { steps = [] }: Job): readonly string[] {
  return steps.flatMap(({ uses, with: given = {} }) => {
    if (!uses?.startsWith('$/')) return []
    const action = actionAt(uses.slice(2))
    return action ? mismatches(`${place} ${uses}`, action.inputs ?? {}, given, 'input') : [`${place}: no action ${uses}`]
  })
}

function mismatches(
  place: string,
  declared: Readonly<Record<string, Input>>,
  given: Readonly<Record<string, unknown>>,
  kind: string,
): readonly string[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name))
  const missing = Object.keys(declared).filter((name) => declared[name]?.required === true && !Object.hasOwn(given, name))
  return [...unknown.map((name) => `${place}: unknown ${kind} ${name}`), ...missing.map((name) => `${place}: ${kind} ${name} is missing`)]
}

/** Outputs that a job takes of its steps, and of the jobs it needs, which nobody gives. */
function strayOutputs({ path, workflow }: File, name: string, called: (path: string) => Workflow | undefined): readonly string[] {
  const job = workflow.jobs[name]
  const text = JSON.stringify(job)
  const actions = new Map<string, Action>()
  for (const { id, uses } of job?.steps ?? []) {
    const action = uses?.startsWith('$/') ? actionAt(uses.slice(2)) : undefined
    if (id !== undefined && action) actions.set(id, action)
  }
  const ofSteps = [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(([all, id = '', output = '']) => {
    const action = actions.get(id)
    return action && !Object.hasOwn(action.outputs ?? {}, output) ? [`${path} ${name}: no output ${all}`] : []
  })
  const ofJobs = [...text.matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(([all, id = '', output = '']) => {
    const uses = workflow.jobs[id]?.uses
    const outputs = uses === undefined ? undefined : (called(workflowPath(uses, path))?.on.workflow_call?.outputs ?? {})
    return outputs && !Object.hasOwn(outputs, output) ? [`${path} ${name}: no output ${all}`] : []
  })
  return [...ofSteps, ...ofJobs]
}

/** `<own>/.github/workflows/x.yml@…` and `$/.github/workflows/x.yml` as a path in this repository. A caller lies in workflows/ here. */
function workflowPath(uses: string, from: string): string {
  const here = from.startsWith('workflows/') ? '$/.github/' : '$/'
  return uses.replace(`${own}/`, '').replace(here, '').replace(/@.*$/, '')
}

function jobsOf(workflow: Workflow): readonly (readonly [string, Job])[] {
  return Object.entries(workflow.jobs)
}

function steps(workflow: Workflow): readonly (readonly [string, Step])[] {
  return jobsOf(workflow).flatMap(([name, { steps = [] }]) =>
    steps.map((step, index) => [`${name} ${step.name ?? step.id ?? index}`, step] as const),
  )
}

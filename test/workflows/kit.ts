import { chmod, cp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { tokenFor } from '../../local/github/permission.ts'
import { bundleFolder } from '../support/prepared.ts'
import { put } from './process.ts'
import { actionAt, type Job, root, type Step, type Workflow } from './workflow.ts'

/** The repository that callers name, and the commit. */
export const own = 'towpath-dev/towpath'
export const commit = '0000000000000000000000000000000000000000'

/** The variables that tell a job where to ask for an id token, for a job that may: see `withToken`. */
export const ID_TOKEN_URL = 'TEST_ID_TOKEN_URL'
export const ID_TOKEN_REQUEST = 'TEST_ID_TOKEN_REQUEST'

/** GitHub's own actions for artifacts need GitHub's service: these keep them in a folder, and add to them what TEST_TAMPER says.
 * actions/checkout is act's own. */
export const standIns: Readonly<Record<string, string>> = {
  'actions/upload-artifact': standIn(
    'mkdir -p "$STORE/$NAME" && cat -- "$FILES" <(printf %s "$TEST_TAMPER") > "$STORE/$NAME/${FILES##*/}"',
  ),
  'actions/download-artifact': standIn('mkdir -p "$FILES" && cp -- "$STORE/$NAME/"* "$FILES/"'),
}

function standIn(script: string): string {
  const env = { NAME: '${{ inputs.name }}', FILES: '${{ inputs.path }}', STORE: '${{ env.TEST_ARTIFACTS }}' }
  const step = { shell: 'bash', run: script, env }
  return JSON.stringify({
    name: 'stand-in',
    description: 'stand-in',
    inputs: { name: {}, path: {} },
    runs: { using: 'composite', steps: [step] },
  })
}

/** yq as far as the workflows use it; GitHub's runners have it, this machine may not. */
const yq = `#!${process.execPath}
import { readFileSync } from 'node:fs'
import { parse } from ${JSON.stringify(join(root, 'node_modules/yaml/dist/index.js'))}
const [raw, expression, file] = process.argv.slice(2)
const path = /^\\.(\\w+)\\.(\\w+) \\/\\/ ""$/.exec(expression ?? '')
if (raw !== '-r' || !path) throw new Error('not a yq that knows ' + process.argv.slice(2).join(' '))
console.log(parse(readFileSync(file, 'utf8'))[path[1]]?.[path[2]] ?? '')
`

/** The step that stands for the approval of an environment, which act does not know: it waits for the file of TEST_APPROVAL. */
export const approval = 'Wait for the approval'
const approving: Step = { name: approval, run: 'until [ -z "$TEST_APPROVAL" ] || [ -e "$TEST_APPROVAL" ]; do sleep 0.1; done' }

/*
 * act 0.2.89 gives up a step's output as soon as it has failed, read or not (nektos/act, pkg/container/host_environment.go, exec). So whatever
 * fails here stays a moment longer than GitHub would have it, and what it said last is heard.
 */
const MOMENT = 300
const lingering = `const leave = process.exit.bind(process)
process.exit = (code = process.exitCode) => (code ? setTimeout(() => leave(code), ${MOMENT}) : leave(code))
`
const lingeringScript = `trap 'test $? = 0 || sleep ${MOMENT / 1_000}' EXIT\n`

/** Lays out what every run shares: this repository as callers see it, the stand-ins, and the programs of a runner. @param at the commit that callers pin. */
export async function layOut(folder: string, at = commit): Promise<void> {
  const kit = join(folder, 'kit')
  await cp(bundleFolder(), join(kit, 'dist'), { recursive: true })
  for (const part of ['actions', 'action.yml', 'package.json']) await cp(join(root, part), join(kit, part), { recursive: true })
  for (const name of (await readdir(join(kit, 'dist'))).filter((file) => /^[a-z-]+\.js$/.test(file) && file !== 'index.js')) {
    const stub = join(kit, 'dist', name)
    await put(stub, lingering + (await readFile(stub, 'utf8')).replace(/^#!.*\n/, ''))
  }
  for (const name of await readdir(join(root, '.github/workflows'))) {
    const path = `.github/workflows/${name}`
    const workflow = parse(await readFile(join(root, path), 'utf8')) as Workflow
    await put(join(kit, path), JSON.stringify(asActKnowsIt(workflow, path, at)))
  }
  for (const [name, text] of Object.entries(standIns)) await put(join(folder, name, 'action.yml'), text)
  await put(join(folder, 'bin/yq.mjs'), yq)
  await put(join(folder, 'bin/yq'), `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} "$(dirname "$0")/yq.mjs" "$@"\n`)
  await chmod(join(folder, 'bin/yq'), 0o755)
}

/**
 * A workflow without what act 0.2.89 refuses: `$/` is written out as the commit that is meant (https://github.com/nektos/act/issues/6189);
 * `environment.deployment` (https://github.com/nektos/act/issues/6086) and `concurrency.queue` (https://github.com/nektos/act/issues/6095),
 * neither of which it could follow, are left out. And with what act does not do of itself: a job's token may do what the job's
 * permissions say and no more.
 */
function asActKnowsIt(workflow: Workflow, path: string, at: string): unknown {
  const jobs = Object.entries(workflow.jobs).map(([name, { concurrency, environment, ...job }]) => {
    const written = job.steps?.map((step) => writtenOut(step, job, at))
    const steps = written && environment ? [approving, ...written] : written
    const uses = job.uses === undefined ? {} : { uses: whole(job.uses, at) }
    return [name, { ...job, ...(steps ? { steps } : {}), ...uses, ...withToken(job, environment?.name, `${path}@${at}`) }]
  })
  return { ...workflow, jobs: Object.fromEntries(jobs) }
}

function whole(uses: string, at: string): string {
  return uses.startsWith('$/') ? `${own}/${uses.slice(2)}@${at}` : uses
}

/** One of our actions at this commit, with a token for GitHub's API that may do what the job may. */
function writtenOut(step: Step, { permissions = {} }: Job, at: string): Step {
  if (step.run !== undefined) return { ...step, run: lingeringScript + step.run }
  if (!step.uses?.startsWith('$/')) return step
  const takesToken = Object.hasOwn(actionAt(step.uses.slice(2))?.inputs ?? {}, 'github-token')
  const token = takesToken && !step.with?.['github-token'] ? { 'github-token': tokenFor(permissions) } : {}
  return { ...step, uses: whole(step.uses, at), with: { ...step.with, ...token } }
}

/** Where a job that has `id-token: write` asks for a token, which names its environment and the workflow it is in; nothing for others. */
function withToken({ permissions, steps }: Job, environment: string | undefined, pinned: string): { readonly env?: unknown } {
  if (permissions?.['id-token'] !== 'write' || !steps) return {}
  const more = `&environment=${environment ?? ''}&job_workflow_ref=${own}/${pinned}`
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `\${{ vars.${ID_TOKEN_URL} }}${more}`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: `\${{ vars.${ID_TOKEN_REQUEST} }}`,
    },
  }
}

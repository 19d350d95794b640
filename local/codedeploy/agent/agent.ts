import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ofTheLast } from '../events.ts'
import type { Performed, Task } from '../host.ts'
import { readAppSpec } from './appspec.ts'
import { download, type Fetch } from './bundle.ts'
import { AgentError, diagnosticsOf } from './diagnostics.ts'
import { runHook } from './hook.ts'
import { install } from './install.ts'
import type { Machine } from './machine.ts'

/** The agent's folder on a host. */
const ROOT = '/opt/codedeploy-agent/deployment-root'
/** How many revisions of a group are kept. */
const KEPT = 5

export interface AgentOptions {
  readonly machine: Machine
  readonly fetch: Fetch
  /** What hooks inherit from the agent. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Does what the service asks of a host, as the agent for Linux does. Source: aws/aws-codedeploy-agent, and runs of it. */
export function agent({ machine, fetch, environment = {} }: AgentOptions): (task: Task) => Promise<Performed> {
  return async (task) => {
    const folder = join(ROOT, task.groupId, task.deploymentId)
    try {
      await perform(machine, task, folder, fetch, environment)
      await log(machine, folder, [`${task.event} succeeded`])
      return 'succeeded'
    } catch (error) {
      const diagnostics = diagnosticsOf(error)
      if (error instanceof AgentError) await log(machine, folder, [...error.lines, `${task.event} failed: ${error.message}`])
      return { failed: diagnostics }
    }
  }
}

async function perform(
  machine: Machine,
  task: Task,
  folder: string,
  fetch: Fetch,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const archive = join(folder, 'deployment-archive')
  if (task.event === 'DownloadBundle') return download(task.revision, fetch, machine.path(archive))
  const installed = join(ROOT, 'deployment-instructions', `${task.groupId}_last_successful_install`)
  const last = await readFile(machine.path(installed), 'utf8').catch(() => undefined)
  if (task.event === 'Install') {
    const spec = await readAppSpec(machine.path(archive))
    await install(machine, archive, join(ROOT, 'deployment-instructions', `${task.groupId}-cleanup`), spec, task.fileExists)
    // Here, and not when the deployment succeeds: the next stop hook is that of a revision that may never have been valid.
    await writeFile(machine.path(installed), archive)
    return forget(machine, dirname(folder), archive)
  }
  const from = ofTheLast.has(task.event) ? last : archive
  if (from === undefined) return
  const spec = await readAppSpec(machine.path(from))
  for (const hook of spec.hooks.get(task.event) ?? []) {
    const lines = await runHook(machine, from, hook, task.event, { ...environment, ...variablesOf(machine, task) })
    await log(machine, folder, lines)
  }
}

/** What a hook is told. Variables that have no value are not set. */
function variablesOf({ root }: Machine, { event, deploymentId, application, group, groupId, revision }: Task): NodeJS.ProcessEnv {
  const { bucket, key, version, eTag } = revision.s3Location ?? {}
  const { commitId } = revision.gitHubLocation ?? {}
  return {
    PATH: process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LIFECYCLE_EVENT: event,
    DEPLOYMENT_ID: deploymentId,
    APPLICATION_NAME: application,
    DEPLOYMENT_GROUP_NAME: group,
    DEPLOYMENT_GROUP_ID: groupId,
    ...(bucket ? { BUNDLE_BUCKET: bucket, BUNDLE_KEY: key } : {}),
    ...(version ? { BUNDLE_VERSION: version } : {}),
    ...(eTag ? { BUNDLE_ETAG: eTag } : {}),
    ...(commitId ? { BUNDLE_COMMIT: commitId } : {}),
    TOWPATH_HOST_ROOT: root,
  }
}

async function log(machine: Machine, folder: string, lines: readonly string[]): Promise<void> {
  const text = lines.map((line) => `${line}\n`).join('')
  const files = [join(folder, 'logs/scripts.log'), join(ROOT, 'deployment-logs/codedeploy-agent-deployments.log')]
  for (const file of files) {
    await mkdir(machine.path(dirname(file)), { recursive: true })
    await appendFile(machine.path(file), text)
  }
}

/** Deletes old revisions of a group; never the one installed last, which is the newest. */
async function forget(machine: Machine, group: string, installed: string): Promise<void> {
  const ids = await readdir(machine.path(group))
  const aged = await Promise.all(ids.map(async (id) => ({ id, time: (await stat(machine.path(join(group, id)))).mtimeMs })))
  const old = aged.filter(({ id }) => !installed.startsWith(join(group, id, '/'))).sort((a, b) => b.time - a.time)
  for (const { id } of old.slice(KEPT - 1)) await rm(machine.path(join(group, id)), { recursive: true, force: true })
}

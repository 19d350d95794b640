/** The names within a bundle. What is of the platform and what is of the service keeps its path in its repository, below a folder each. */
export const layout = {
  appspec: 'appspec.yml',
  /** The one script that CodeDeploy runs, for every lifecycle event. */
  hook: 'towpath/hook',
  program: 'towpath/hook.py',
  callback: 'towpath/callback/towpath_events.py',
  /** What the hook reads: the playbooks in their order, and whose each role is. */
  facts: 'towpath/bundle.json',
  /** Values of an environment, added when the release is applied: a bundle is the same for all of them. */
  variables: 'variables.json',
  /** The artefact as it was packaged. The hook unpacks it into `artefactFolder` before CodeDeploy copies files. */
  artefact: 'artefact.zip',
  artefactFolder: 'artefact',
  platform: 'platform',
  service: 'service',
} as const

/** The service's own playbook and AppSpec, relative to its repository. */
export const servicePlaybook = 'ansible/playbook.yml'
export const serviceAppSpec = 'ansible/appspec.yml'

const rolesFolder = 'ansible/roles/'

/** The role that a file of a repository belongs to; undefined if it is of none. */
export function roleOf(path: string): string | undefined {
  if (!path.startsWith(rolesFolder)) return undefined
  const rest = path.slice(rolesFolder.length)
  const end = rest.indexOf('/')
  return end < 0 ? undefined : rest.slice(0, end)
}

/** The path of a role's file in its repository. */
export function roleFile(role: string, file: string): string {
  return `${rolesFolder}${role}/${file}`
}

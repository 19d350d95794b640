/** What a token may do, as a job's `permissions` say it. */
export type Permissions = Readonly<Record<string, string>>

const PREFIX = 'ghs_'

/** A token of a job that has these permissions. It carries them, so that nothing must be told to the stand-in about it. */
export function tokenFor(permissions: Permissions): string {
  return PREFIX + Buffer.from(JSON.stringify(permissions)).toString('base64url')
}

/** What the token of an Authorization header may do; undefined if it is none of ours. */
export function permissionsOf(authorization = ''): Permissions | undefined {
  const [, token = ''] = /^(?:bearer|token) (\S+)$/i.exec(authorization) ?? []
  if (!token.startsWith(PREFIX)) return undefined
  try {
    return JSON.parse(Buffer.from(token.slice(PREFIX.length), 'base64url').toString())
  } catch {
    return undefined
  }
}

/** What an operation needs: one of these. Source: GitHub Docs, "Permissions required for GitHub Apps". */
const needs: Readonly<Record<string, readonly string[]>> = {
  'repos/get': [],
  'repos/get-commit': ['contents'],
  'repos/list-commits': ['contents'],
  'repos/compare-commits-with-basehead': ['contents'],
  'repos/list-pull-requests-associated-with-commit': ['pull-requests'],
  'repos/create-deployment': ['deployments'],
  'repos/list-deployments': ['deployments'],
  'repos/get-deployment': ['deployments'],
  'repos/delete-deployment': ['deployments'],
  'repos/create-deployment-status': ['deployments'],
  'repos/list-deployment-statuses': ['deployments'],
  'issues/list-comments': ['issues', 'pull-requests'],
  'issues/create-comment': ['issues', 'pull-requests'],
  'issues/get-comment': ['issues', 'pull-requests'],
  'issues/update-comment': ['issues', 'pull-requests'],
  'issues/delete-comment': ['issues', 'pull-requests'],
  'pulls/list': ['pull-requests'],
  'pulls/get': ['pull-requests'],
}

/** What no job's token may do, whatever its permissions are: it belongs to no user. */
export const beyondJobs: ReadonlySet<string> = new Set(['users/get-authenticated'])

/** What is missing for an operation, as GitHub names it; undefined if nothing is. */
export function lacking(operation: string, method: string, permissions: Permissions): string | undefined {
  const names = needs[operation]
  if (!names) throw new Error(`nobody has said what ${operation} needs`)
  const level = method === 'GET' ? 'read' : 'write'
  const enough = level === 'read' ? ['read', 'write'] : ['write']
  if (names.length === 0 || names.some((name) => enough.includes(permissions[name] ?? 'none'))) return undefined
  return names.map((name) => `${name.replace('-', '_')}=${level}`).join('; ')
}

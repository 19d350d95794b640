import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import type { Origin } from '../../origin.ts'
import { version } from '../../version.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Who works here, and on which commit: from the variables of GitHub Actions, else from git and the machine's user. What is not known is
 * null. Source of the variables: GitHub Docs, "Default environment variables".
 */
export async function nodeOrigin(path: string, environment: Environment = process.env): Promise<Origin> {
  const { GITHUB_ACTOR, GITHUB_REPOSITORY, GITHUB_REPOSITORY_ID, GITHUB_RUN_ID, GITHUB_SERVER_URL, GITHUB_SHA } = environment
  const run =
    GITHUB_REPOSITORY && GITHUB_RUN_ID
      ? `${GITHUB_SERVER_URL || 'https://github.com'}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : null
  return {
    actor: GITHUB_ACTOR || userName(),
    repository: GITHUB_REPOSITORY || null,
    repositoryId: GITHUB_REPOSITORY_ID || null,
    commit: GITHUB_SHA || (await headCommit(path)),
    run,
    towpath: version,
  }
}

/** The name of the user that this process runs as, if it has one. */
export function userName(): string | null {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that no user has.
    return null
  }
}

/** The commit checked out in a folder; null if it is no git repository, or there is no git. */
function headCommit(folder: string): Promise<string | null> {
  return new Promise((done) => {
    execFile('git', ['-C', folder, 'rev-parse', '--verify', 'HEAD'], { timeout: 5_000 }, (error, stdout) =>
      done(error ? null : stdout.trim() || null),
    )
  })
}

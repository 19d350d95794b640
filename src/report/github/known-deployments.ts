import type { Ledger } from '../../bucket/ledger.ts'
import type { OpenRecord } from '../../deployment/log/listener.ts'
import type { DeploymentSubject, GitHubDeployments, ListedDeployment } from '../../ports/github-deployments.ts'
import { nameOfRecord, subjectOf } from './new-deployment.ts'

/** Finds the deployments on GitHub that belong to a record. */
export interface KnownDeployments {
  /** The deployments of a record, oldest first. There are two if two runs created one at the same time. */
  of(record: OpenRecord): Promise<readonly ListedDeployment[]>
  /** The oldest deployment of a record; undefined if there is none. Sends no request if the id is known already. */
  idOf(record: OpenRecord): Promise<number | undefined>
  /** Remembers the deployment that was created for a record. */
  know(record: OpenRecord, id: number): void
  /** Drops the lists: a request got no answer, and GitHub may have done what it asked. The next question lists again. */
  forget(): void
}

export function knownDeployments(gitHub: GitHubDeployments, ledger: Ledger): KnownDeployments {
  const ids = new Map<number, number>()
  const listed = new Map<DeploymentSubject['kind'], Promise<readonly ListedDeployment[]>>()

  function list(subject: DeploymentSubject): Promise<readonly ListedDeployment[]> {
    const known = listed.get(subject.kind)
    if (known) return known
    const asked = gitHub.list(subject)
    listed.set(subject.kind, asked)
    asked.catch(() => listed.delete(subject.kind))
    return asked
  }
  async function of(record: OpenRecord): Promise<readonly ListedDeployment[]> {
    const name = nameOfRecord(ledger, record.deployment)
    const found = (await list(subjectOf(record))).filter(({ record: listedRecord }) => listedRecord === name).sort((a, b) => a.id - b.id)
    const [first] = found
    if (first) ids.set(record.deployment, first.id)
    return found
  }
  return {
    of,
    idOf: async (record) => ids.get(record.deployment) ?? (await of(record))[0]?.id,
    know: (record, id) => void ids.set(record.deployment, id),
    forget: () => listed.clear(),
  }
}

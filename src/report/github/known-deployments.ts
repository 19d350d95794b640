import type { Ledger } from '../../bucket/ledger.ts'
import type { OpenRecord } from '../../deployment/log/listener.ts'
import type { DeploymentSubject, GitHubDeployments, ListedDeployment } from '../../ports/github-deployments.ts'
import { nameOfRecord, subjectOf } from './new-deployment.ts'

/** Which announcement on the board is of which record. */
export interface KnownDeployments {
  /** Those of a record, oldest first: there is more than one where two runs announced it at the same time. */
  of(record: OpenRecord): Promise<readonly ListedDeployment[]>
  /** The first announcement of a record; undefined if there is none. Asks nothing where it is known. */
  idOf(record: OpenRecord): Promise<number | undefined>
  know(record: OpenRecord, id: number): void
  /** Lists anew from now on: something was asked whose answer never came. */
  forget(): void
}

export function knownDeployments(board: GitHubDeployments, ledger: Ledger): KnownDeployments {
  const ids = new Map<number, number>()
  const listed = new Map<DeploymentSubject['kind'], Promise<readonly ListedDeployment[]>>()

  function list(subject: DeploymentSubject): Promise<readonly ListedDeployment[]> {
    const known = listed.get(subject.kind)
    if (known) return known
    const asked = board.list(subject)
    listed.set(subject.kind, asked)
    asked.catch(() => listed.delete(subject.kind))
    return asked
  }
  async function of(record: OpenRecord): Promise<readonly ListedDeployment[]> {
    const name = nameOfRecord(ledger, record.deployment)
    const found = (await list(subjectOf(record))).filter((posted) => posted.record === name).sort((a, b) => a.id - b.id)
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

import type { DeploymentBoard, Posted, Subject } from '../board.ts'
import type { Ledger } from '../deployment/history.ts'
import type { OpenRecord } from '../deployment/watcher.ts'
import { nameOfRecord, subjectOf } from './notice.ts'

/** Which announcement on the board is of which record. */
export interface Posts {
  /** Those of a record, oldest first: there is more than one where two runs announced it at the same time. */
  of(record: OpenRecord): Promise<readonly Posted[]>
  /** The first announcement of a record; undefined if there is none. Asks nothing where it is known. */
  idOf(record: OpenRecord): Promise<number | undefined>
  know(record: OpenRecord, id: number): void
  /** Lists anew from now on: something was asked whose answer never came. */
  forget(): void
}

export function postsOn(board: DeploymentBoard, ledger: Ledger): Posts {
  const ids = new Map<number, number>()
  const listed = new Map<Subject['kind'], Promise<readonly Posted[]>>()

  function list(subject: Subject): Promise<readonly Posted[]> {
    const known = listed.get(subject.kind)
    if (known) return known
    const asked = board.list(subject)
    listed.set(subject.kind, asked)
    asked.catch(() => listed.delete(subject.kind))
    return asked
  }
  async function of(record: OpenRecord): Promise<readonly Posted[]> {
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

import { documentBytes, readDocument, type Stored } from '../../bucket/documents.ts'
import { lockKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { Json } from '../../json.ts'

/** The lock of one service in one environment. */
export interface LockDocument {
  readonly schema: 'towpath/lock@1'
  /** Who holds it, for people. */
  readonly holder: string
  /** Unlike any other holder's. */
  readonly token: string
  readonly run: string | null
  /** The number of the deployment that it is held for. */
  readonly epoch: number
  /** Raised by every write: equal bytes would have an equal ETag, and look like a holder that died. */
  readonly counter: number
}

/** Who wants the lock. */
export type Claim = Pick<LockDocument, 'holder' | 'token' | 'run'>

/** The lock as it is now, if anybody holds it. */
export function readLock(ledger: Ledger): Promise<Stored<LockDocument> | undefined> {
  return readDocument<LockDocument>(ledger.objects, lockKey(ledger.environment, ledger.service), 'towpath/lock@1')
}

export function lockBytes(document: LockDocument): Uint8Array {
  return documentBytes(document as unknown as Json)
}

/** Who holds the lock, as people read it. */
export function holderText({ holder, epoch, run }: Pick<LockDocument, 'holder' | 'epoch' | 'run'>): string {
  return `deployment ${epoch} by ${holder}${run === null ? '' : ` (${run})`}`
}

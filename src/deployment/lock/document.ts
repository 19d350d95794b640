import { documentBytes, readDocument, type Stored } from '../../bucket/documents.ts'
import { lockKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'

/** The lock of one service in one environment. */
export interface LockDocument {
  readonly schema: 'towpath/lock@1'
  /** The holder, as people call it. */
  readonly holder: string
  /** Differs from that of every other holder. */
  readonly token: string
  readonly run: string | null
  /** The number of the deployment that the lock is held for. */
  readonly epoch: number
  /** Grows with every write: equal bytes would have an equal ETag, and the holder would look dead. */
  readonly counter: number
}

/** The run that asks for the lock. */
export type Claim = Pick<LockDocument, 'holder' | 'token' | 'run'>

/** The lock as it is now; undefined if nobody holds it. */
export function readLock(ledger: Ledger): Promise<Stored<LockDocument> | undefined> {
  return readDocument<LockDocument>(ledger.objects, lockKey(ledger.environment, ledger.service), 'towpath/lock@1')
}

export function lockBytes(document: LockDocument): Uint8Array {
  return documentBytes(document)
}

/** The holder of the lock in words. */
export function holderText({ holder, epoch, run }: Pick<LockDocument, 'holder' | 'epoch' | 'run'>): string {
  return `deployment ${epoch} by ${holder}${run === null ? '' : ` (${run})`}`
}

import { documentBytes, documentIn } from '../../bucket/documents.ts'
import { lockKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { ETag } from '../../bucket/objects.ts'
import { TowpathError } from '../../errors.ts'
import type { Json } from '../../json.ts'

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

/** A lock as it was seen, with the ETag to replace or to remove it by. */
export interface SeenLock {
  readonly value: LockDocument
  readonly etag: ETag
}

/**
 * What is under the lock's name, whatever it is: `value` is undefined if it is not a lock. Undefined if there is nothing. `written`: when, by
 * the bucket's clock, in milliseconds since 1970.
 */
export async function lookAtLock(
  ledger: Ledger,
): Promise<{ readonly value: LockDocument | undefined; readonly etag: ETag; readonly written: number } | undefined> {
  const found = await ledger.objects.get(lockKey(ledger.environment, ledger.service))
  if (found === undefined || found === 'unchanged') return undefined
  return { value: lockIn(found.body), etag: found.etag, written: found.written }
}

/** The lock as it is now, if anybody holds it. Throws 'failed' if what is there is not a lock: nobody can say whether it is held. */
export async function readLock(ledger: Ledger): Promise<SeenLock | undefined> {
  const found = await lookAtLock(ledger)
  if (found === undefined) return undefined
  const { value, etag } = found
  if (value) return { value, etag }
  throw new TowpathError(
    'failed',
    `s3://${ledger.objects.bucket}/${lockKey(ledger.environment, ledger.service)} is not a lock of this version of towpath`,
    { blame: 'service', hint: `if nothing is being deployed, remove it: ${unlockCommand(ledger, etag)}` },
  )
}

/** The lock in some bytes; undefined if they hold none. Every field is checked: whoever can write there may have written anything. */
function lockIn(body: Uint8Array): LockDocument | undefined {
  const found = documentIn<LockDocument>(body, 'towpath/lock@1')
  if (found === undefined) return undefined
  const { holder, token, run, epoch, counter }: Readonly<Partial<Record<keyof LockDocument, unknown>>> = found
  const isWhole = isText(holder) && isText(token) && (run === null || isText(run)) && isCount(epoch) && isCount(counter) && token !== ''
  return isWhole ? found : undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}

/** The command that removes a lock which is garbage or whose holder is gone. */
export function unlockCommand({ objects, environment, service }: Ledger, etag: ETag): string {
  return `towpath unlock --service ${service} --environment ${environment} --bucket ${objects.bucket} --etag ${bareTag(etag)}`
}

/** An ETag as people copy it: without the quotes that a shell would take away. */
export function bareTag(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '')
}

export function lockBytes(document: LockDocument): Uint8Array {
  return documentBytes(document as unknown as Json)
}

/** The holder of the lock in words. */
export function holderText({ holder, epoch, run }: Pick<LockDocument, 'holder' | 'epoch' | 'run'>): string {
  return `deployment ${epoch} by ${holder}${run === null ? '' : ` (${run})`}`
}

import { recordNumber, recordsOf } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { ETag } from '../../bucket/objects.ts'
import { verifyEntries } from './entries.ts'
import { damageOf, type FoundRecord, findRecord, readHead, type Witness, withHoles } from './history.ts'
import { inOrder } from './in-order.ts'
import type { DeploymentRecord, Head } from './record.ts'
import { listSegments, readSegment } from './segment.ts'

/** How a log is verified: `by ETag` believes a record that has the ETag under which a proved segment has it; `in full` reads everything. */
export type Thoroughness = 'by ETag' | 'in full'

/** What a log came to. */
export interface Verified {
  /** How many records there are. */
  readonly records: number
  /** The number of the last one, whether or not it is there. */
  readonly last: number
  /** The number of the first bad one, and what is wrong with it; undefined if the log holds. */
  readonly broken: { readonly number: number; readonly how: string } | undefined
  /** How many of them were read one by one. */
  readonly read: number
}

/** How many requests are under way at once. */
const IN_FLIGHT = 32

/** The log as its parts are found, before any is compared with another. */
interface Survey {
  readonly head: Head | undefined
  readonly hasHead: boolean
  readonly last: number
  /** Of the records that are there, and the first of each hole between them, in order. */
  readonly numbers: readonly number[]
  /** By number. */
  readonly etags: ReadonlyMap<number, ETag>
}

/**
 * Checks the chain of all records: record n is bad if it is missing, cannot be read, or has another digest than record n+1 (or, for the last,
 * the head) says. In full its live entries are read too: it is bad if one of them was changed or removed, or says otherwise. It finds
 * damage; it is no defence against somebody who writes the last record, its entries and the head anew. Memory does not grow with the log.
 * @param seen hears of each record that can be read, oldest first
 */
export async function verifyLog(ledger: Ledger, how: Thoroughness, seen: (record: DeploymentRecord) => void): Promise<Verified> {
  const survey = await surveyOf(ledger)
  const { last, head, hasHead } = survey
  let broken: Verified['broken']
  let read = 0
  let before: (FoundRecord & { readonly number: number }) | undefined
  const judge = (number: number, found: FoundRecord | undefined, witness: Witness | undefined): void => {
    const wrong = damageOf(found, witness)
    if (wrong !== undefined) broken ??= { number, how: wrong }
  }
  const countRead = (): void => {
    read += 1
  }
  const links = how === 'in full' ? readAll(ledger, survey) : believe(ledger, survey, countRead)
  for await (const { number, found, wrong } of links) {
    // A record is judged once the one after it is known.
    if (before) judge(before.number, before, found?.value && { digest: found.value.previousRecord, name: `record ${number}` })
    if (wrong !== undefined) broken ??= { number, how: wrong }
    // A head that is behind says nothing of the records after its own: it is a cache.
    if (found === undefined || head?.deployment === number)
      judge(number, found, head?.deployment === number ? headWitness(head) : undefined)
    before = found && { ...found, number }
    if (found?.value) seen(found.value)
  }
  if (before) judge(before.number, before, undefined)
  if (head && head.deployment > last) judge(last + 1, undefined, headWitness(head))
  // One that cannot be read vouches for nothing: least of all for the last record.
  if (hasHead && head === undefined) broken ??= { number: Math.max(1, last), how: 'has no head that can be read' }
  return {
    records: survey.etags.size,
    last: Math.max(last, head?.deployment ?? 0),
    broken,
    read: how === 'in full' ? survey.etags.size : read,
  }
}

function headWitness({ record }: Head): Witness {
  return { digest: record, name: 'the head of the log' }
}

async function surveyOf(ledger: Ledger): Promise<Survey> {
  const { objects, environment, service } = ledger
  const [head, listed] = await Promise.all([readHead(ledger), objects.list(recordsOf(environment, service), { flat: true })])
  const etags = new Map<number, ETag>()
  for (const { key, etag } of listed) {
    const number = recordNumber(key)
    if (number !== undefined) etags.set(number, etag)
  }
  const numbers = withHoles([...etags.keys()])
  return { head: head?.value, hasHead: head !== undefined, last: numbers.at(-1) ?? 0, numbers, etags }
}

/** What was found under a record's name, and what else is wrong about the deployment. */
interface Link {
  readonly number: number
  readonly found: FoundRecord | undefined
  readonly wrong?: string | undefined
}

/** Every record, oldest first, each with its live entries. */
async function* readAll(ledger: Ledger, { numbers }: Survey): AsyncGenerator<Link, void, undefined> {
  yield* inOrder(numbers, IN_FLIGHT, async (number) => {
    const found = await findRecord(ledger, number)
    return { number, found, wrong: found?.value && (await verifyEntries(ledger, found.value)) }
  })
}

/** Every record, oldest first: from proved segments where its object still has the ETag that it had there, else from itself. */
async function* believe(ledger: Ledger, { numbers, etags }: Survey, reads: () => void): AsyncGenerator<Link, void, undefined> {
  const names = await listSegments(ledger)
  const alone: number[] = []
  async function* readAlone(): AsyncGenerator<Link, void, undefined> {
    yield* inOrder(alone.splice(0), IN_FLIGHT, async (number) => {
      if (!etags.has(number)) return { number, found: undefined }
      reads()
      return { number, found: await findRecord(ledger, number) }
    })
  }
  for (let index = 0; index < numbers.length; ) {
    const number = numbers[index] ?? 0
    const segment = await firstWhole(ledger, names, number)
    if (segment === undefined) {
      alone.push(number)
      index += 1
      continue
    }
    for (let at = number; at !== 0 && at <= segment.last; at = numbers[++index] ?? 0) {
      const row = segment.records[at - segment.first]
      if (row !== undefined && etags.get(at) === row.etag) {
        yield* readAlone()
        yield { number: at, found: { value: row.record, digest: `sha256:${row.sha256}`, etag: row.etag, written: segment.written } }
      } else alone.push(at)
    }
  }
  yield* readAlone()
}

/** The largest segment that begins with a record and is whole by itself. */
async function firstWhole(ledger: Ledger, names: Awaited<ReturnType<typeof listSegments>>, number: number): ReturnType<typeof readSegment> {
  const beginning = names.filter(({ first }) => first === number).sort((a, b) => b.last - a.last)
  for (const name of beginning) {
    const segment = await readSegment(ledger, name)
    if (segment) return segment
    ledger.damage?.tell(
      `the segment of records ${name.first} to ${name.last} is not whole: it is passed over, and the records themselves are read`,
    )
  }
  return undefined
}

import { describe, expect, test } from '@jest/globals'
import { raceAbort } from '../../../src/abortable.ts'
import { openJournal, readLeftover } from '../../../src/deployment/log/journal.ts'
import type { DeploymentRecord } from '../../../src/deployment/log/record.ts'
import { digestOfPlan, documentOfPlan } from '../../../src/deployment/plan/document.ts'
import type { Target } from '../../../src/deployment/target/target.ts'
import { digestOf } from '../../../src/digest.ts'
import { TowpathError } from '../../../src/errors.ts'
import { hiding } from '../../../src/redaction/hiding.ts'
import type { Release } from '../../../src/release/manifest.ts'
import type { ResourceChange } from '../../../src/stack/stacks.ts'
import { virtualClock } from '../../world/clock.ts'
import { fakeObjects } from '../../world/objects.ts'

describe('hiding parameter values in a text', () => {
  const hidden = hiding(['staging'])
  hidden.add({
    Password: { value: 'correct horse (battery)' },
    Part: { value: 'battery-staple' },
    Stack: { value: 'main' },
    Count: { value: '3' },
    Environment: { value: 'staging' },
    Kept: { keep: true },
  })

  test.each([
    ['the value correct horse (battery) is too long', 'the value <value of Password> is too long'],
    ['xbattery-stapley', 'x<value of Part>y'],
    [
      "'main' is no name; delivery-staging-main is, and so is domain",
      "'<value of Stack>' is no name; delivery-staging-main is, and so is domain",
    ],
    ['3 of them in staging', '3 of them in staging'],
    ['$& $1 main', '$& $1 <value of Stack>'],
  ])('%s: %s', (text, shown) => {
    expect(hidden.in(text)).toBe(shown)
  })
})

describe('the digest of a plan', () => {
  const target = { environment: 'staging', entry: { account: '1', region: 'eu-west-1' } } as unknown as Target
  const change = (logicalId: string, ...paths: readonly string[]): ResourceChange => ({
    action: 'Modify',
    logicalId,
    type: 'Test::Towpath::Thing',
    properties: paths.map((path) => ({ attribute: 'Properties', path, before: 'x', after: logicalId })),
  })
  const digest = (...changes: readonly ResourceChange[]) =>
    digestOfPlan(
      documentOfPlan(target, { id: `sha256:${'a'.repeat(64)}` } as unknown as Release, [
        {
          stack: 'main',
          name: 'n',
          action: 'update',
          open: [],
          changes,
          foretold: false,
          gates: [],
          notes: [],
          renamedFrom: null,
          defaults: [],
          digestWithout: () => digestOf('x'),
          live: undefined,
          proposed: undefined,
        },
      ]),
    )

  test('is the same in whatever order the service tells its changes', () => {
    expect(digest(change('A', '/x', '/y'), change('B'))).toBe(digest(change('B'), change('A', '/y', '/x')))
  })

  test('is another for other changes, and holds no value', () => {
    expect(digest(change('A', '/x'))).not.toBe(digest(change('A', '/y')))
    const other = { ...change('A', '/x'), properties: [{ attribute: 'Properties', path: '/x', before: 'p', after: 'q' }] }
    expect(digest(change('A', '/x'))).toBe(digest(other))
  })
})

describe('work that can be called off', () => {
  test('ends with its own result, or its own error', async () => {
    const { signal } = new AbortController()
    expect(await raceAbort(signal, async () => 7)).toBe(7)
    await expect(raceAbort(signal, async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  test('ends at once when it is called off, and is not begun when it was before', async () => {
    const controller = new AbortController()
    let begun = 0
    const work = () => {
      begun += 1
      return new Promise<never>(() => {})
    }
    const waiting = raceAbort(controller.signal, work)
    controller.abort(new TowpathError('interrupted', 'stop'))
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' })
    await expect(raceAbort(controller.signal, work)).rejects.toMatchObject({ code: 'interrupted' })
    expect(begun).toBe(1)
  })
})

describe('a journal', () => {
  const opening = {
    kind: 'deploy' as const,
    parts: ['stacks'] as const,
    release: `sha256:${'a'.repeat(64)}` as const,
    previous: null,
    origin: { actor: null, repository: null, repositoryId: null, commit: null, run: null, towpath: '0' },
  }
  const end = { number: 0, record: undefined, digest: null, head: undefined }
  const closing = { outcome: 'succeeded' as const, changed: true, cause: null, stacks: {} }
  function setting() {
    const objects = fakeObjects()
    const ledger = { objects, environment: 'staging', service: 'delivery' }
    const lost: string[] = []
    const writer = (token: string) => ({
      clock: virtualClock(),
      token,
      hide: (text: string) => text.replaceAll('secret', '…'),
      lost: (error: TowpathError) => void lost.push(error.code),
      warn() {},
    })
    return { objects, ledger, lost, writer }
  }
  const kinds = (record: DeploymentRecord): readonly string[] => record.entries.map(({ kind }) => kind)

  test('of two runs that open the same deployment is given to one, though they write the same at the same time', async () => {
    const { ledger, writer, lost } = setting()
    const opened = await Promise.allSettled([
      openJournal(ledger, writer('a'), end, opening),
      openJournal(ledger, writer('b'), end, opening),
    ])
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(lost).toEqual(['locked'])
  })

  test('goes on after an append that was given up and did arrive, with nothing lost and nothing twice', async () => {
    const { objects, ledger, writer } = setting()
    const journal = await openJournal(ledger, writer('a'), end, opening)
    const where = 'deployments/staging/delivery/00000001/0002.json'
    objects.drop({ method: 'PUT', key: where })
    objects.fail({ method: 'GET', key: where })
    await expect(journal.append({ kind: 'consented', consent: 'main.Table', reason: 'x' })).rejects.toMatchObject({ transient: true })
    await journal.append({ kind: 'interrupted', reason: 'y' })
    const record = await journal.close(closing)
    expect(kinds(record)).toEqual(['started', 'consented', 'interrupted'])
    expect((await readLeftover(ledger, 1))?.entries).toEqual(record.entries)
  })

  test('stores what was noted with the next entries, or at its end', async () => {
    const { objects, ledger, writer } = setting()
    const journal = await openJournal(ledger, writer('a'), end, opening)
    journal.note({ kind: 'consented', consent: 'a', reason: 'x' })
    await journal.append({ kind: 'consented', consent: 'b', reason: 'x' })
    journal.note({ kind: 'interrupted', reason: 'z' })
    const record = await journal.close(closing)
    expect(kinds(record)).toEqual(['started', 'consented', 'consented', 'interrupted'])
    expect(objects.keys('deployments/staging/delivery/00000001/')).toHaveLength(3)
    expect((await readLeftover(ledger, 1))?.entries).toEqual(record.entries)
  })

  test('takes nothing any more once it is being closed, not even what waits for its turn', async () => {
    const { objects, ledger, writer } = setting()
    const journal = await openJournal(ledger, writer('a'), end, opening)
    const held = objects.hold({ method: 'PUT', key: 'deployments/staging/delivery/00000001/0002.json' })
    const first = journal.append({ kind: 'consented', consent: 'under way', reason: 'x' })
    const second = journal.append({ kind: 'consented', consent: 'waiting', reason: 'x' })
    await held.reached
    const closed = journal.close(closing)
    held.release()
    await first
    await expect(second).rejects.toMatchObject({ code: 'interrupted' })
    expect((await closed).entries).toContainEqual(expect.objectContaining({ consent: 'under way' }))
    await expect(journal.append({ kind: 'interrupted', reason: 'late' })).rejects.toMatchObject({ code: 'interrupted' })
  })

  test('hides in every reason what must not be stored', async () => {
    const { ledger, writer } = setting()
    const journal = await openJournal(ledger, writer('a'), end, opening)
    await journal.append({ kind: 'outcome', stack: 'main', does: 'execute-change-set', result: 'FAILED', reason: 'the secret is out' })
    const record = await journal.close({ ...closing, cause: { stack: null, resource: null, type: null, reason: 'a secret' } })
    expect(JSON.stringify(record)).not.toContain('secret')
  })
})

import { recordKey } from '../../bucket/keys.ts'
import type { Damage, DamageRule, Ledger } from '../../bucket/ledger.ts'
import { TowpathError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { EntryFact } from './record.ts'

/** The consent by which a deployment goes on past a record that is missing or damaged. */
export function logConsent(number: number): string {
  return `log:${number}`
}

/**
 * The same log for somebody who changes an environment: damage stops them, unless they were given the consent for that very record. For who
 * only looks (`consents` undefined) it is told and passed.
 */
export function guarded(ledger: Ledger, log: Log, consents: ReadonlySet<string> | undefined): Ledger {
  const passes: DamageRule['passes'] = (number) => consents === undefined || consents.has(logConsent(number))
  return { ...ledger, damage: { passes, tell: (text) => log.warn(text), met: new Map() } }
}

/** Passes over a damaged record if that is permitted. Throws 'gated' otherwise. */
export function meet(ledger: Ledger, damage: Damage): void {
  const { damage: rule } = ledger
  if (rule === undefined || !rule.passes(damage.number)) throw stopped(ledger, damage)
  if (!rule.met.has(damage.number))
    rule.tell(`${damageText(ledger, damage)}; deploy and rollback go on past it only with --consent ${logConsent(damage.number)}`)
  rule.met.set(damage.number, damage)
}

/** What a journal says of a damaged record that was gone on past. */
export function consentedTo(ledger: Ledger, damage: Damage): EntryFact {
  return { kind: 'consented', consent: logConsent(damage.number), reason: damageText(ledger, damage) }
}

/** What is wrong with a record, as people read it. */
export function damageText({ service, environment }: Ledger, { number, how }: Damage): string {
  return `record ${number} of ${service} in ${environment} ${how}`
}

function stopped(ledger: Ledger, damage: Damage): TowpathError {
  const { objects, environment, service } = ledger
  return new TowpathError('gated', damageText(ledger, damage), {
    blame: 'service',
    hint: `s3://${objects.bucket}/${recordKey(environment, service, damage.number)}: restore an earlier version of it, or deploy (or roll back) without it: --consent ${logConsent(damage.number)}`,
  })
}

import { releaseKey, releasesOf } from '../bucket/keys.ts'
import type { Ledger } from '../bucket/ledger.ts'
import type { ChosenRelease } from '../deployment/deploy.ts'
import { findEnd } from '../deployment/log/history.ts'
import { rollbackTarget, type SeenAttempt } from '../deployment/log/present.ts'
import { nowhereToGo } from '../deployment/nowhere.ts'
import { attemptsBack } from '../deployment/takeover.ts'
import type { Target } from '../deployment/target/target.ts'
import { type Digest, hexOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { shortId } from '../release/manifest.ts'
import { readRelease } from '../release/store.ts'
import { type DeployedOutputs, outputsOrError } from './deployed.ts'
import { requireService } from './service.ts'

/** How many releases a message names. */
const LISTED = 8

/**
 * The release to go back to, as the log is now; a deployment that is in progress or was never finished counts as an attempt. If there is
 * none, logs that and gives undefined.
 */
export async function chooseRelease(target: Target, to: string | undefined): Promise<ChosenRelease | undefined> {
  const { ledger, log } = target
  const { objects, service, environment } = ledger
  const end = await findEnd(ledger)
  const attempts = attemptsBack(ledger, end)
  const stored = async (release: Digest) => (await objects.stat(releaseKey(service, hexOf(release))))?.written
  const chosen = to === undefined ? await rollbackTarget(attempts, stored) : await deployedBefore(ledger, attempts, to)
  if (!chosen?.release) {
    const never =
      end.number === 0
        ? `${service} was never deployed to ${environment}`
        : `no release of ${service} succeeded in ${environment} before the present one`
    log.info(`${never}: there is nothing to go back to`)
    return undefined
  }
  log.info(`going back to release ${shortId(chosen.release)}`)
  const release = await readRelease(objects, service, chosen.release)
  return { ...release, commit: chosen.commit }
}

/** The outputs of a rollback that has nowhere to go. @param named the service, if it was named and may not exist */
export async function nowhere(target: Target, named: string | undefined): Promise<DeployedOutputs> {
  const end = await findEnd(target.ledger)
  if (end.number === 0 && named !== undefined) await requireService(target.ledger.objects, named)
  return outputsOrError(await nowhereToGo(target, end))
}

/** The newest attempt at the one release that was ever deployed here and begins with `prefix`. Throws 'not-found' with those there are. */
async function deployedBefore(
  { objects, service, environment }: Ledger,
  attempts: AsyncIterable<SeenAttempt>,
  prefix: string,
): Promise<SeenAttempt> {
  const hex = prefix.replace(/^sha256:/, '').toLowerCase()
  const stored = /^[0-9a-f]+$/.test(hex) ? (await objects.list(releasesOf(service, hex))).length : 0
  const found = new Map<Digest, SeenAttempt>()
  const deployed = new Set<Digest>()
  for await (const attempt of attempts) {
    const { release } = attempt
    if (release === null) continue
    deployed.add(release)
    if (stored > 0 && release.startsWith(`sha256:${hex}`) && !found.has(release)) found.set(release, attempt)
    // The whole way back is gone only where several begin so, and it takes knowing which of them were ever deployed here.
    if (found.size >= stored && deployed.size >= (stored > 0 ? 0 : LISTED)) break
  }
  const [only] = found.values()
  if (found.size === 1 && only !== undefined) return only
  const listed = [...(found.size > 1 ? found.keys() : deployed)].slice(0, LISTED).map(shortId).join(', ')
  if (found.size > 1)
    throw new TowpathError(
      'not-found',
      `'${prefix}' is ambiguous: ${found.size} releases that were deployed to ${environment} begin with it`,
      { hint: `give more digits: ${listed}` },
    )
  throw new TowpathError('not-found', `no release of '${service}' that was deployed to ${environment} begins with '${prefix}'`, {
    hint: listed === '' ? 'nothing was ever deployed there' : `there are ${listed}`,
  })
}

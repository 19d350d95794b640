import type { Digest } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import type { Release } from '../../release/manifest.ts'
import { readRelease } from '../../release/store.ts'
import { present } from '../log/present.ts'
import type { DeploymentRecord } from '../log/record.ts'
import type { Target } from '../target/target.ts'

/** What an environment goes from and to. */
export interface Transition {
  readonly release: Digest
  /** The present release; null if there is none. */
  readonly previous: Digest | null
  /** Versions of the platform; `from` is null if there is no present release, or it is not stored any more. */
  readonly platform: { readonly from: string | null; readonly to: string }
}

/** Finds out which release and which version of the platform an environment has, before it gets another release. */
export async function transitionTo(target: Target, release: Release, last: DeploymentRecord | undefined): Promise<Transition> {
  const previous = present(last)
  const to = release.manifest.platform.version
  const from = previous === null ? null : previous === release.id ? to : await platformOf(target, previous)
  return { release: release.id, previous, platform: { from, to } }
}

async function platformOf({ ledger }: Target, release: Digest): Promise<string | null> {
  try {
    return (await readRelease(ledger.objects, ledger.service, release)).manifest.platform.version
  } catch (error) {
    if (error instanceof TowpathError && (error.code === 'not-found' || error.code === 'failed')) return null
    throw error
  }
}

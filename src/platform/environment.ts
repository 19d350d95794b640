import { readDocument } from '../bucket/documents.ts'
import { environmentKey, environments, nameIn } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { EnvironmentEntry } from './release.ts'

/** Where an environment is now. Throws 'not-found' with the environments there are. */
export async function readEnvironment(objects: Objects, name: string): Promise<EnvironmentEntry> {
  const found = /^[a-z][a-z0-9]*$/.test(name)
    ? await readDocument<EnvironmentEntry>(objects, environmentKey(name), 'towpath/environment@1')
    : undefined
  if (found) return found.value
  const known = (await objects.list(environments)).map(nameIn)
  throw new TowpathError('not-found', `no environment '${name}'`, {
    hint:
      known.length === 0
        ? 'no platform was published here yet; run towpath sync-platform in the platform repository'
        : `${suggest(name, known)} (the platform declares ${known.join(', ')})`,
  })
}

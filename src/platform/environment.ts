import { readDocument } from '../bucket/documents.ts'
import { environmentKey, environments, nameIn } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { TowpathError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { isStackName } from '../service/names.ts'
import type { EnvironmentEntry } from './release.ts'

/** Where an environment is now. Throws 'not-found' with the environments there are. */
export async function readEnvironment(objects: Objects, name: string): Promise<EnvironmentEntry> {
  const found = isStackName(name) ? await readDocument<EnvironmentEntry>(objects, environmentKey(name), 'towpath/environment@1') : undefined
  if (found) return found.value
  const known = (await objects.list(environments)).map(({ key }) => nameIn(key))
  if (known.length > 0) throw undeclared(name, known, 'the platform', 'not-found')
  throw new TowpathError('not-found', `no environment '${name}' in bucket '${objects.bucket}'`, {
    hint: 'no platform was published here yet; run towpath sync-platform in the platform repository',
  })
}

/** The error for an environment that nobody declared; it names those there are. */
export function undeclared(
  environment: string,
  declared: readonly string[],
  whose: string,
  code: 'bad-input' | 'not-found' = 'bad-input',
): TowpathError {
  const near = nearest(environment, declared)
  const listed = declared.join(', ') || 'none'
  const hint =
    near === undefined ? `choose one that it declares (${listed}), or add it there` : `did you mean '${near}'? it declares ${listed}`
  return new TowpathError(code, `${whose} does not declare environment '${environment}'`, { hint })
}

import type { Objects } from '../bucket/objects.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { hasReleases, servicesKnown } from '../release/services.ts'
import { serviceNameAt } from '../repository/release.ts'
import { requireServiceName } from '../service/names.ts'
import type { World } from './world.ts'

/** The service that a verb is about: the one that is named, else the one in `path`. Throws 'bad-input' for what cannot be a service's name. */
export async function serviceNamed(world: World, service: string | undefined, path: string): Promise<string> {
  if (service === undefined) return serviceNameAt(world, path)
  requireServiceName(service)
  return service
}

/**
 * Makes sure that a service of which no deployment is known exists at all: its name may be misspelt. Throws 'not-found' with the nearest name,
 * or without one where services may not be listed.
 */
export async function requireService(objects: Objects, service: string): Promise<void> {
  const known = await servicesKnown(objects)
  if (known === undefined ? await hasReleases(objects, service) : known.includes(service)) return
  throw new TowpathError('not-found', `nobody knows a service '${service}'`, known === undefined ? {} : { hint: suggest(service, known) })
}

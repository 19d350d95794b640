import { releasesOf, serviceInKey, services } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { TowpathError } from '../errors.ts'
import { readRegister } from '../platform/register/register.ts'
import { platformService } from '../service/names.ts'

/**
 * The services that exist: those of the register, and the platform's own; without a register those that have a release or an owner. Undefined
 * where that may not be read.
 */
export async function servicesKnown(objects: Objects): Promise<readonly string[] | undefined> {
  return unlessDenied(async () => {
    const registered = (await readRegister(objects))?.value.services
    if (registered) return [...new Set([...Object.keys(registered), platformService])]
    const named = (await objects.list(services)).flatMap(({ key }) => serviceInKey(key) ?? [])
    return [...new Set(named)]
  })
}

/** True if a service has a release that can be seen. */
export async function hasReleases(objects: Objects, service: string): Promise<boolean> {
  return ((await unlessDenied(() => objects.list(releasesOf(service)))) ?? []).length > 0
}

async function unlessDenied<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof TowpathError && error.code === 'denied') return undefined
    throw error
  }
}

import type { Objects } from '../bucket/objects.ts'
import type { Composed } from '../release/compose.ts'
import type { HandedOver } from './artefact.ts'
import type { ReleaseUse } from './compose.ts'
import type { Machine } from './machine.ts'

/**
 * Loads the code that reads a folder. It has an import of its own because YAML, schemas and templates are most of the program, and a verb
 * that is given a release needs none of them.
 */
const composing = () => import('./compose.ts')

/** Composes the release of the service or the platform in a folder, and gives it to `use`. */
export async function withRelease<T>(
  machine: Machine,
  objects: Objects,
  path: string,
  artefact: string | HandedOver | undefined,
  use: ReleaseUse<T>,
): Promise<T> {
  await objects.check()
  return (await composing()).withComposedRelease(machine, objects, path, artefact, use)
}

/** Composes the release in a folder and stores nothing. */
export async function composeAt(machine: Machine, objects: Objects, path: string, handed?: HandedOver): Promise<Composed> {
  return withRelease(machine, objects, path, handed, async (composed) => composed)
}

/** The name of the service in a folder; `platform` for a platform. */
export async function serviceNameAt(machine: Machine, path: string): Promise<string> {
  return (await composing()).readServiceName(machine, path)
}

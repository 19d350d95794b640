import type { Objects } from '../bucket/objects.ts'
import type { Composed } from '../release/compose.ts'
import type { Use } from './composing.ts'
import type { World } from './world.ts'

/**
 * What reads a folder, behind an import of its own: YAML, schemas and templates are most of the program, and verbs that are given a release
 * need none of it.
 */
const composing = () => import('./composing.ts')

/** Composes the release of the service or the platform in a folder, and hands it to `use`. */
export async function withRelease<T>(world: World, objects: Objects, path: string, artefact: string | undefined, use: Use<T>): Promise<T> {
  await objects.check()
  return (await composing()).withRelease(world, objects, path, artefact, use)
}

/** Composes the release in a folder to look at it: nothing is stored. */
export async function composeAt(world: World, objects: Objects, path: string): Promise<Composed> {
  return withRelease(world, objects, path, undefined, async (composed) => composed)
}

/** The name of the service in a folder; `platform` for a platform. */
export async function serviceNameAt(world: World, path: string): Promise<string> {
  return (await composing()).serviceNameAt(world, path)
}

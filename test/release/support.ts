import type { Manifest } from '../../src/release/manifest.ts'
import { aPlatform, aService, type MemoryWorld, type Ran, readyWorld } from '../world/towpath.ts'

/** A world in which a service was released once, and what came of it. */
export interface Released {
  readonly world: MemoryWorld
  readonly ran: Ran
  /** The release's id; an empty text if it was refused. */
  readonly id: string
  readonly manifest: Manifest | undefined
}

/** Publishes a platform, and releases a service on it. */
export async function released(
  service: Readonly<Record<string, string>> = aService(),
  platform: Readonly<Record<string, string>> = aPlatform(),
  inputs: Readonly<Record<string, unknown>> = {},
): Promise<Released> {
  const world = await readyWorld(platform, service)
  return { world, ...(await releaseIn(world, inputs)) }
}

/** Releases the service of a world. */
export async function releaseIn(world: MemoryWorld, inputs: Readonly<Record<string, unknown>> = {}): Promise<Omit<Released, 'world'>> {
  const ran = await world.run('create-release', inputs)
  const id = String(ran.outputs.release ?? '')
  const key = `services/${ran.outputs.service}/releases/${id.replace('sha256:', '')}.json`
  return { ran, id, manifest: world.bucket.json(key) as Manifest | undefined }
}

/** The problems of a refusal, each as people read it, without the hint. */
export function problemsOf({ error }: Ran): readonly string[] {
  if (!error) return []
  const { problems, message, at } = error
  const all = problems.length > 0 ? problems : [{ message, ...at, file: at?.file ?? '', line: at?.line ?? 0 }]
  return all.map(({ file, line, message }) => `${file}:${line}: ${message}`)
}

/** The same with hints. */
export function hintsOf({ error }: Ran): readonly string[] {
  if (!error) return []
  return error.problems.length > 0 ? error.problems.map(({ hint }) => hint ?? '') : [error.hint ?? '']
}

import type { Keyed, Named } from '../document/placed.ts'
import type { PlatformRelease, StoredRecipe } from '../platform/release.ts'
import type { PlatformView } from '../service/against.ts'
import { parseReference } from '../service/reference.ts'
import type { Inputs } from '../service/service.ts'
import { startOf } from './parameters.ts'

/** A published platform as a service's checks look at it: as if it had just been read. `descriptor` is what messages call platform.yml. */
export function viewOf(release: PlatformRelease, descriptor: string): PlatformView {
  const place = startOf(descriptor)
  const keyed = <T>(value: T): Keyed<T> => ({ value, place, key: place })
  const named = <T, R>(record: Readonly<Record<string, T>>, take: (one: T) => R): Named<R> =>
    new Map(Object.entries(record).map(([name, one]) => [name, keyed(take(one))]))
  const inputs = (recipe: StoredRecipe): Inputs =>
    new Map(
      Object.entries(recipe.inputs).flatMap(([name, text]) => {
        const reference = parseReference(text)
        return reference ? [[name, keyed(reference)] as const] : []
      }),
    )
  return {
    environments: new Map(Object.entries(release.environments)),
    stacks: new Map(Object.entries(release.stacks)),
    blueprints: named(release.blueprints, ({ stacks }) => ({
      stacks: named(stacks, (recipe) => ({
        template: keyed(recipe.template),
        inputs: inputs(recipe),
        parameters: named(recipe.parameters, (value) => value),
      })),
    })),
  }
}

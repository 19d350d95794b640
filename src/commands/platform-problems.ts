import { join } from 'node:path'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { type PlatformFolder, readPlatformFolder } from '../platform/folder.ts'
import type { Platform } from '../platform/platform.ts'
import { mergeTemplate } from '../template/merge.ts'
import type { World } from './world.ts'

/** What is wrong with a platform's templates: those it has, and those it names and has not. */
export async function platformProblems(world: World, path: string, platform: Platform): Promise<readonly Problem[]> {
  return templateProblems(path, platform, await readPlatformFolder(world.files, world.archiver, path))
}

export function templateProblems(path: string, platform: Platform, folder: PlatformFolder): readonly Problem[] {
  const recipes = [...platform.stacks.values(), ...[...platform.blueprints.values()].flatMap(({ value }) => [...value.stacks.values()])]
  const missing = recipes.flatMap(({ value: { template } }) =>
    folder.templates.has(template.value)
      ? []
      : [
          {
            file: platform.file,
            ...template.place.source.position(template.place.offset),
            message: `no template '${template.value}' in ${join(path, 'cloudFormation')}`,
            hint: suggest(template.value, folder.templates.keys()),
          },
        ],
  )
  const own = [...folder.templates].flatMap(
    ([name, text]) => mergeTemplate({ platform: { text, file: join(path, 'cloudFormation', name) } }).problems,
  )
  return [...own, ...missing]
}

import { type MapNode, problemAt } from '../document/node.ts'
import type { Named } from '../document/placed.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { Platform, StackRecipe } from '../platform/platform.ts'
import type { PlatformRelease, StoredRecipe } from '../platform/release.ts'
import { inspectResources } from '../resources/inspect.ts'
import { mergeTemplate } from '../template/merge/merge.ts'
import type { MergedStacks } from './merged.ts'
import { unknownParameter, withoutValue } from './parameters.ts'
import { mergeAll, type TemplateLibrary } from './templates.ts'
import { checkReferences, inputOf, type Use, type WithOutputs } from './uses.ts'
import { valueProblems } from './values.ts'

/**
 * What is wrong between a platform's recipes and its templates: names of templates, parameters and outputs that nothing has; parameters of
 * its own stacks that nothing gives a value. What is wrong with a template that is used is told once more.
 */
export async function recipeProblems(platform: Platform, release: PlatformRelease, library: TemplateLibrary): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  const merge = async (recipes: Readonly<Record<string, StoredRecipe>>): Promise<MergedStacks> => {
    const { stacks, problems: found } = await mergeAll(recipes, library, null)
    problems.push(...found.filter(({ file }) => file !== library.descriptor))
    return stacks
  }
  const own = await merge(release.stacks)
  problems.push(...strangers(platform.stacks, library, { own, platform: own }))
  const all = [own]
  for (const [name, { value }] of platform.blueprints) {
    const stacks = await merge(release.blueprints[name]?.stacks ?? {})
    problems.push(...strangers(value.stacks, library, { own: stacks, platform: own }))
    all.push(stacks)
  }
  problems.push(...environmentProblems(platform, all), ...valuesMissing(platform, own))
  return problems
}

/** A platform's templates, each by itself, whether it is used or not. */
export interface Templates {
  /** Those that are sound, by file name. */
  readonly sound: ReadonlyMap<string, MapNode>
  readonly problems: readonly Problem[]
  readonly unchecked: readonly string[]
}

export async function inspectTemplates(library: TemplateLibrary): Promise<Templates> {
  const sound = new Map<string, MapNode>()
  const problems: Problem[] = []
  const all: string[] = []
  for (const file of library.files) {
    const { root, problems: found, unchecked } = mergeTemplate({ platform: { text: await library.bytes(file), file: library.shown(file) } })
    const inspected = found.length === 0 ? await inspectResources(root) : undefined
    if (inspected?.problems.length === 0) sound.set(file, root)
    problems.push(...found, ...(inspected?.problems ?? []))
    all.push(...unchecked, ...(inspected?.unchecked ?? []))
  }
  return { sound, problems, unchecked: all }
}

/** The names in recipes that their templates do not have. */
function strangers(
  recipes: Named<StackRecipe>,
  library: TemplateLibrary,
  { own, platform }: { readonly own: MergedStacks; readonly platform: WithOutputs },
): readonly Problem[] {
  return [...recipes].flatMap(([stack, { value: recipe }]) => {
    const { value: file, place } = recipe.template
    if (!library.files.has(file))
      return [problemAt(place, `the platform has no template '${file}' in cloudFormation/`, suggest(file, library.files))]
    const template = own.get(stack)
    if (!template) return []
    const unknown = [...recipe.inputs, ...recipe.parameters].flatMap(([name, { key }]) =>
      template.parameters.has(name) ? [] : [unknownParameter(key, name, stack, template)],
    )
    const readable = [...recipe.parameters].flatMap(([name, { key, value }]) => {
      const facts = template.parameters.get(name)
      return facts ? valueProblems(facts, value, { name, stack, place: key }) : []
    })
    const uses = [...recipe.inputs].map(
      ([parameter, { value: reference, place }]): Use => ({ taker: inputOf(stack, parameter), reference, place }),
    )
    return [...unknown, ...readable, ...checkReferences(uses, { own, platform, artefact: true })]
  })
}

/** Values that an environment gives to parameters which no stack of that name has: the platform's own, or a blueprint's. */
function environmentProblems({ environments, stacks, blueprints }: Platform, all: readonly MergedStacks[]): readonly Problem[] {
  const recipes = [stacks, ...[...blueprints.values()].map(({ value }) => value.stacks)]
  return [...environments].flatMap(([environment, { value }]) =>
    [...value.parameters].flatMap(([stack, { value: parameters }]) => {
      const templates = all.flatMap((merged) => merged.get(stack) ?? [])
      const areSound = templates.length === recipes.filter((named) => named.has(stack)).length
      return [...parameters].flatMap(([name, { key, value: given }]) => {
        const having = templates.flatMap((template) => template.parameters.get(name) ?? [])
        const [first] = templates
        if (first && areSound && having.length === 0) return [unknownParameter(key, name, stack, first)]
        return having.flatMap((facts) => valueProblems(facts, given, { name, stack, place: key, environment }))
      })
    }),
  )
}

/** The platform's own stacks must have all their values; those of a blueprint can be given by the service. */
function valuesMissing({ environments, stacks }: Platform, own: MergedStacks): readonly Problem[] {
  return [...environments].flatMap(([environment, { key, value }]) => {
    const missing = [...own].flatMap(([stack, { parameters }]) => {
      const recipe = stacks.get(stack)?.value
      const given = [recipe?.inputs, recipe?.parameters, value.parameters.get(stack)?.value]
      const left = [...parameters].filter(([name, facts]) => facts.default === undefined && !given.some((named) => named?.has(name)))
      return left.map(([name]) => `${stack}.${name}`)
    })
    return withoutValue(key, environment, missing, 'platform.yml')
  })
}

import type { Digest } from '../digest.ts'
import type { Place } from '../document/node.ts'
import type { Problem } from '../errors.ts'
import { codeOf, type StoredCode } from '../platform/code.ts'
import type { PlatformRelease, StoredBlueprint } from '../platform/release.ts'
import type { BundleParts } from '../playbook/bundle.ts'
import { type InspectedPlaybook, inspectPlaybook } from '../playbook/inspect.ts'
import { type AnsibleTree, roleDigests } from '../playbook/tree.ts'
import { isVariableValue, joinVariables, type VariableGiven, type Variables } from '../playbook/variables.ts'
import { parseReference, printReference } from '../service/reference.ts'
import type { Service } from '../service/service.ts'
import type { GivenVariable, ManifestCode } from './manifest.ts'
import { startOf } from './parameters.ts'
import type { Use } from './uses.ts'

/** What a bundle is made of, read when it is asked for. */
export interface CodeIngredients {
  platform(): Promise<AnsibleTree>
  service(): Promise<{ readonly tree: AnsibleTree; readonly problems: readonly Problem[] }>
  /** Puts the bundle together and gives its digest. Asked only where nothing is wrong. */
  bundle(parts: Omit<BundleParts, 'artefact'>): Promise<Digest>
}

/** The code of a service whose blueprint ships by CodeDeploy, with all that is wrong with it. */
export interface InspectedCode {
  readonly stored: StoredCode
  readonly variables: Variables
  readonly inspected: InspectedPlaybook
  readonly trees: BundleParts['ansible']
  /** The references that it makes beside the stacks' inputs. */
  readonly uses: readonly Use[]
  readonly problems: readonly Problem[]
}

/** Looks at how a service's code is shipped; undefined where the stack update ships it. */
export async function inspectCode(
  service: Service,
  blueprint: StoredBlueprint,
  descriptor: string,
  ingredients: CodeIngredients,
): Promise<InspectedCode | undefined> {
  const stored = codeOf(blueprint)
  if (stored === undefined) return undefined
  const own = await ingredients.service()
  const trees = { platform: await ingredients.platform(), service: own.tree }
  const variables = joinVariables(blueprintVariables(stored, startOf(descriptor)), serviceVariables(service))
  const asked = service.blueprint.place
  const inspected = await inspectPlaybook({ playbook: stored.playbook, ...trees, variables, asked, descriptor })
  return {
    stored,
    variables,
    inspected,
    trees,
    uses: usesOfCode(stored, variables, asked),
    problems: [...own.problems, ...inspected.problems],
  }
}

/** What a manifest says of it. */
export async function manifestCode(
  { stored, variables, inspected, trees }: InspectedCode,
  service: Service,
  { platform, version, roles }: PlatformRelease,
  { bundle }: Pick<CodeIngredients, 'bundle'>,
): Promise<ManifestCode> {
  const parts = { service: service.name.value, platform: { name: platform, version }, ansible: trees, inspected }
  const given = [...variables].map(([name, { given }]): [string, GivenVariable] => [
    name,
    'value' in given ? given : { from: printReference(given.from) },
  ])
  return {
    with: 'codedeploy',
    bundle: await bundle(parts),
    application: stored.application,
    group: stored.group,
    roles: { ...roles, ...(await roleDigests(trees.service)) },
    ...(given.length > 0 ? { variables: Object.fromEntries(given) } : {}),
  }
}

function usesOfCode({ application, group }: StoredCode, variables: Variables, place: Place): readonly Use[] {
  const ship = Object.entries({ application, group }).flatMap(([key, text]): Use[] => {
    const reference = parseReference(text)
    return reference ? [{ taker: `ship.${key} of the blueprint`, reference, place }] : []
  })
  const fed = [...variables].flatMap(([name, { given, place }]): Use[] =>
    'from' in given ? [{ taker: `variable '${name}'`, reference: given.from, place }] : [],
  )
  return [...ship, ...fed]
}

type Variable = readonly [string, { readonly given: VariableGiven; readonly place: Place }]

function blueprintVariables({ variables: { inputs, parameters } }: StoredCode, place: Place): Variables {
  return new Map([
    ...Object.entries(inputs).flatMap(([name, text]): Variable[] => {
      const from = parseReference(text)
      return from ? [[name, { given: { from }, place }]] : []
    }),
    ...Object.entries(parameters).flatMap(([name, value]): Variable[] =>
      isVariableValue(value) ? [[name, { given: { value }, place }]] : [],
    ),
  ])
}

function serviceVariables({ variables: { inputs, parameters } }: Service): Variables {
  return new Map([
    ...[...inputs].map(([name, { value: from, key: place }]): Variable => [name, { given: { from }, place }]),
    ...[...parameters].flatMap(([name, { value, key: place }]): Variable[] =>
      isVariableValue(value) ? [[name, { given: { value }, place }]] : [],
    ),
  ])
}

import { type Node, problemAt } from '../document/node.ts'
import { itemsOf, type Keyed, member, named, type Placed, placed } from '../document/placed.ts'
import type { Problem } from '../errors.ts'
import { accountOfRole } from '../role.ts'
import { inputsOf, referenceOf } from '../service/build.ts'
import { danglingInputs, danglingReference, givenTwice, type Known } from '../service/check.ts'
import { cycleProblems, edgesOf } from '../service/edges.ts'
import { suggestStack } from '../service/hints.ts'
import { platformService, stackNameTooLong } from '../service/names.ts'
import { printReference, type Reference } from '../service/reference.ts'
import type { Blueprint, Environment, Platform, StackRecipe } from './platform.ts'
import { registerProblems } from './register/check.ts'

/** What contradicts itself in a platform whose shape may have problems of its own. */
export function checkPlatform(platform: Platform): Problem[] {
  const { stacks, blueprints, file } = platform
  const own = new Set(stacks.keys())
  return [
    ...environmentProblems(platform),
    ...[...stacks].flatMap(([name, stack]) => ownStackProblems(`stacks.${name}`, stack, own)),
    ...cycleProblems(edgesOf(stacks), file),
    ...[...blueprints].flatMap(([name, { value }]) => blueprintProblems(`blueprints.${name}`, value, platform)),
    ...registerProblems(platform),
  ]
}

/** Parameters for stacks that nobody has would be ignored; stack names have an end. */
function environmentProblems({ environments, stacks, blueprints }: Platform): Problem[] {
  const known = new Set([...stacks.keys(), ...[...blueprints.values()].flatMap(({ value }) => [...value.stacks.keys()])])
  return [...environments].flatMap(([environment, { key, value }]) => [
    ...roleProblems(`environments.${environment}.roles`, value),
    ...[...value.parameters].flatMap(([stack, { key }]) => {
      if (known.has(stack)) return []
      const message = `environments.${environment}.parameters: neither the platform nor a blueprint has a stack '${stack}'`
      return [problemAt(key, message, suggestStack(stack, known))]
    }),
    ...[...stacks.keys()].flatMap((stack) => {
      const long = stackNameTooLong(platformService, environment, stack)
      return long ? [problemAt(key, long.message, long.hint)] : []
    }),
  ])
}

/** A role acts in its own account, and none can be passed to CloudFormation in another. */
function roleProblems(where: string, { account, roles }: Environment): Problem[] {
  return Object.entries(roles).flatMap(([purpose, { value, place }]) => {
    const found = accountOfRole(value)
    if (found === undefined || found === account.value) return []
    const message = `${where}.${purpose}: the role is of account ${found}, and the environment is in account ${account.value}`
    return [problemAt(place, message, 'name a role of the account that the environment is in')]
  })
}

function ownStackProblems(where: string, { value }: Keyed<StackRecipe>, own: ReadonlySet<string>): Problem[] {
  return [
    ...givenTwice(where, value),
    ...danglingInputs(where, value.inputs, { own, platform: undefined }),
    ...[...value.inputs].flatMap(([name, reference]) => beyondPlatform(`${where}.inputs.${name}`, reference)),
  ]
}

/** The platform's own stacks are a service without an artefact and an owner, and to each other they are stacks of the same service. */
function beyondPlatform(where: string, { value: reference, place }: Placed<Reference>): Problem[] {
  const written = printReference(reference)
  if (reference.kind === 'platform') {
    return [
      problemAt(
        place,
        `${where}: a stack of the platform refers to another one by its name, got '${written}'`,
        `write '${reference.stack}.${reference.output}'`,
      ),
    ]
  }
  if (reference.kind !== 'artefact' && printReference(reference) !== 'service.owner') return []
  const hint = 'only stacks of a blueprint can refer to it'
  return [problemAt(place, `${where}: the platform's own stacks have no '${written}'`, hint)]
}

function blueprintProblems(where: string, blueprint: Blueprint, { file, stacks: shared }: Platform): Problem[] {
  const known: Known = { own: new Set(blueprint.stacks.keys()), platform: new Set(shared.keys()) }
  return [
    ...[...blueprint.stacks].flatMap(([name, { value }]) => [
      ...givenTwice(`${where}.stacks.${name}`, value),
      ...danglingInputs(`${where}.stacks.${name}`, value.inputs, known),
    ]),
    ...cycleProblems(edgesOf(blueprint.stacks), file),
    ...outputsNamed(blueprint).flatMap(({ at, reference }) => notAnOutput(`${where}.${at}`, reference, known)),
    ...danglingInputs(`${where}.variables`, inputsOf(member(member(blueprint.node, 'variables'), 'inputs')), known),
  ]
}

interface OutputNamed {
  readonly at: string
  readonly reference: Placed<Reference>
}

/** The places of a blueprint that name outputs of stacks outside of inputs: how it ships, and its alarms. */
function outputsNamed({ node, ship }: Blueprint): OutputNamed[] {
  const alarms = [...named(member(node, 'stacks'), (stack: Node) => itemsOf(member(stack, 'alarms')))]
  return [
    ...(ship.with === 'stack'
      ? []
      : [
          { at: 'ship.application', reference: ship.application },
          { at: 'ship.group', reference: ship.group },
        ]),
    ...alarms.flatMap(([stack, { value }]) =>
      value.flatMap((item, index) => {
        const reference = placed(item, referenceOf)
        return reference ? [{ at: `stacks.${stack}.alarms[${index}]`, reference }] : []
      }),
    ),
  ]
}

function notAnOutput(where: string, reference: Placed<Reference>, known: Known): Problem[] {
  if (reference.value.kind === 'stack' || reference.value.kind === 'platform') return danglingReference(where, reference, known)
  const message = `${where}: expected an output of a stack, got '${printReference(reference.value)}'`
  return [problemAt(reference.place, message, 'write <stack>.<Output>')]
}

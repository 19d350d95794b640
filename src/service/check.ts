import { problemAt } from '../document/node.ts'
import type { Named, Placed } from '../document/placed.ts'
import type { Problem } from '../errors.ts'
import { cycleProblems, edgesOf } from './edges.ts'
import { stackHint } from './hints.ts'
import { printReference, type Reference } from './reference.ts'
import type { Inputs, Parameters, ServiceDescriptor } from './service.ts'

/** What can be said of a service descriptor without its platform. */
export function checkService({ file, name: service, stacks, variables }: ServiceDescriptor): Problem[] {
  return [
    ...[...stacks].flatMap(([name, { value }]) => givenTwice(`stacks.${name}`, value)),
    ...[...stacks].flatMap(([name, { value }]) => toItself(`stacks.${name}`, value.inputs, service.value)),
    ...givenTwice('variables', variables),
    ...toItself('variables', variables.inputs, service.value),
    ...cycleProblems(edgesOf(stacks), file),
    ...sharedNames(stacks),
  ]
}

/** A parameter is fed by a reference or given a value, not both. */
export function givenTwice(where: string, { inputs, parameters }: { readonly inputs: Inputs; readonly parameters: Parameters }): Problem[] {
  return [...inputs].flatMap(([name, { key }]) => {
    const other = parameters.get(name)?.key
    if (!other) return []
    const later = other.offset > key.offset ? other : key
    return [problemAt(later, `${where}: '${name}' is in both inputs and parameters`, 'a parameter has a reference or a value: remove one')]
  })
}

/** What is written as another service's output is read as it is, and does not order the stacks. */
function toItself(where: string, inputs: Inputs, service: string): Problem[] {
  return [...inputs].flatMap(([name, { value, place }]) => {
    if (value.kind !== 'service' || value.service !== service) return []
    const message = `${where}.inputs.${name}: '${printReference(value)}' is a stack of this very service`
    return [problemAt(place, message, `write '${value.stack}.${value.output}'`)]
  })
}

function sharedNames(stacks: Named<{ readonly name?: Placed<string> }>): Problem[] {
  const taken = new Map<string, string>()
  const problems: Problem[] = []
  for (const [stack, { value }] of stacks) {
    if (!value.name) continue
    const { value: name, place } = value.name
    const other = taken.get(name)
    if (other === undefined) taken.set(name, stack)
    else
      problems.push(
        problemAt(place, `stacks.${stack}.name: '${name}' is the name of stack '${other}' already`, 'each stack has its own name'),
      )
  }
  return problems
}

/** The stacks that a reference may name; undefined: not known, so nothing is said. */
export interface Known {
  readonly own: ReadonlySet<string> | undefined
  readonly platform: ReadonlySet<string> | undefined
}

/** A reference to a stack that is not there. Other services' stacks are only known at apply. */
export function danglingReference(where: string, { value: reference, place }: Placed<Reference>, known: Known): Problem[] {
  if (reference.kind !== 'stack' && reference.kind !== 'platform') return []
  const stacks = reference.kind === 'stack' ? known.own : known.platform
  if (!stacks || stacks.has(reference.stack)) return []
  const written = printReference(reference)
  const owner = reference.kind === 'platform' ? 'the platform has no stack' : 'there is no stack'
  const hint = stackHint(reference, reference.kind === 'platform' ? 'platform/' : '', stacks)
  return [problemAt(place, `${where}: ${owner} '${reference.stack}', which '${written}' refers to`, hint)]
}

/** Dangling references among inputs. */
export function danglingInputs(where: string, inputs: Inputs, known: Known): Problem[] {
  return [...inputs].flatMap(([name, reference]) => danglingReference(`${where}.inputs.${name}`, reference, known))
}

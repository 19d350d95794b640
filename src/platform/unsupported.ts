import type { Node } from '../document/node.ts'
import { inReadingOrder } from '../document/order.ts'
import { stringOf } from '../document/placed.ts'
import type { Problem } from '../errors.ts'
import { type Asked, askedFor, refused, type Unsupported } from '../service/unsupported.ts'
import type { Blueprint } from './platform.ts'

/** What `platform.yml` can ask for and does not get yet, whoever uses it. */
const notYet: readonly Unsupported[] = [
  { path: ['gates', 'stateful'], detail: otherThanRefuse },
  { path: ['gates', 'exports'] },
  { path: ['gates', 'access'] },
  { path: ['gates', 'adoption'] },
]

function otherThanRefuse(level: Node): string | undefined {
  if (level.kind !== 'scalar') return ' by type'
  return level.value === 'refuse' ? undefined : `: ${level.value}`
}

/** The keys of a platform that this version would have to ignore: they are refused instead, by sync already. */
export function unsupportedInPlatform(root: Node): Problem[] {
  return refused(askedFor(root, notYet))
}

/** What a blueprint can ask for and does not get yet. The platform is published all the same: it may be ahead of its services. */
const notYetInUse: readonly Unsupported[] = [{ path: ['stacks', '*', 'alarms'] }]

/** What is not acted on, beside that, where the stacks bring the code. */
const notByStacks: readonly Unsupported[] = [{ path: ['playbook'] }, { path: ['variables'] }, ...notYetInUse]

const codeDeploy: Unsupported = {
  path: ['ship', 'with'],
  detail: (how) => (stringOf(how) === 'codedeploy' ? ': codedeploy' : undefined),
}

function askedInUse({ node }: Blueprint): readonly Asked[] {
  return askedFor(node, askedFor(node, [codeDeploy]).length > 0 ? notYetInUse : notByStacks)
}

/** The keys of a blueprint that a service which follows it would need and this version cannot act on, each at its place in platform.yml. */
export function unsupportedByUse(blueprint: Blueprint): Problem[] {
  return inReadingOrder(refused(askedInUse(blueprint)))
}

/** What a later version acts on: a blueprint with one of these is published as it was written, too, so that it need not be published anew. */
const keptAsWritten: readonly Unsupported[] = [
  { path: ['playbook'] },
  { path: ['variables'] },
  { path: ['ship', 'with'], detail: (how) => (stringOf(how) === 'codedeploy' ? '' : undefined) },
  { path: ['stacks', '*', 'alarms'] },
]

/** True of a blueprint whose release keeps it as it was written. */
export function isKeptAsWritten(blueprint: Blueprint): boolean {
  return askedFor(blueprint.node, keptAsWritten).length > 0
}

/** Those of a published blueprint's keys that this version cannot act on either: it may be of an earlier one. */
export function stillUnsupported(published: readonly string[]): readonly string[] {
  // An earlier version named the way to ship too, which this one has with all that belongs to it.
  const beginnings = (published.includes('ship.with: codedeploy') ? notYetInUse : notByStacks).map(({ path }) => path)
  const matches = (key: string, path: readonly string[]): boolean => {
    const steps = key.replace(/: .*$/, '').split('.')
    return steps.length === path.length && path.every((step, index) => step === '*' || step === steps[index])
  }
  return published.filter((key) => beginnings.some((path) => matches(key, path)))
}

/** The same as keys, within the blueprint: `playbook`, `ship.with: codedeploy`. */
export function keysUnsupportedByUse(blueprint: Blueprint): readonly string[] {
  return askedInUse(blueprint).map(({ what }) => what)
}

import type { Node } from '../document/node.ts'
import { inReadingOrder } from '../document/order.ts'
import { stringOf } from '../document/placed.ts'
import type { Problem } from '../errors.ts'
import { askedFor, refused, type Unsupported } from '../service/unsupported.ts'
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
const notYetInUse: readonly Unsupported[] = [
  { path: ['playbook'] },
  { path: ['variables'] },
  { path: ['ship', 'with'], detail: (how) => (stringOf(how) === 'codedeploy' ? ': codedeploy' : undefined) },
  { path: ['stacks', '*', 'alarms'] },
]

/** The keys of a blueprint that a service which follows it would need and this version cannot act on, each at its place in platform.yml. */
export function unsupportedByUse(blueprint: Blueprint): Problem[] {
  return inReadingOrder(refused(askedFor(blueprint.node, notYetInUse)))
}

/** The same as keys, within the blueprint: `playbook`, `ship.with: codedeploy`. */
export function keysUnsupportedByUse(blueprint: Blueprint): readonly string[] {
  return askedFor(blueprint.node, notYetInUse).map(({ what }) => what)
}

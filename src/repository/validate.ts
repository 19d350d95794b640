import { type DescriptorKind, descriptorKind } from '../document/descriptor.ts'
import { unique } from '../document/order.ts'
import { type Problem, refuse } from '../errors.ts'
import { type Advice, lint } from '../release/lint.ts'
import type { Machine } from './machine.ts'
import { nameHere } from './name.ts'
import { inspectPlatformHere } from './platform-folder.ts'
import { type Against, inspectServiceHere } from './service-folder.ts'

/** Everything that was found in a repository. */
interface Validated {
  readonly kind: DescriptorKind
  readonly name: string | null
  readonly problems: readonly Problem[]
  readonly lint: readonly Advice[]
  readonly unchecked: readonly string[]
}

/** Checks the service or the platform in a folder. Throws 'bad-input' with every problem, and with the outputs, if there is any. */
export async function validateHere(machine: Machine, path: string, against: Against): Promise<Validated> {
  const kind = await descriptorKind(machine.files, path)
  const found = kind === 'platform' ? await inspectPlatformHere(machine, path) : await inspectServiceHere(machine, path, against)
  const problems = unique(found.problems)
  const advice = await lint(machine.files, machine.processes, found.templates)
  const outputs = { kind, name: await nameHere(machine, path, kind), problems, lint: advice, unchecked: found.unchecked }
  if (problems.length > 0) throw refuse(`the ${kind} in ${path}`, problems).with({ outputs: { ...outputs } })
  return outputs
}

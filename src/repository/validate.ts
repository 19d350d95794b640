import { descriptorKind } from '../document/descriptor.ts'
import { unique } from '../document/order.ts'
import { type Problem, refuse } from '../errors.ts'
import type { Advice } from '../release/advice.ts'
import { type ChangedReading, changedReadings } from '../template/advice/readings.ts'
import { adviceHere } from './advice.ts'
import type { Machine } from './machine.ts'
import { nameHere } from './name.ts'
import { inspectPlatformHere } from './platform-folder.ts'
import { type Against, inspectServiceHere } from './service-folder.ts'

/** Everything that was found in a repository. */
interface Validated {
  readonly kind: string
  readonly name: string | null
  readonly problems: readonly Problem[]
  readonly lint: readonly Advice[]
  readonly unchecked: readonly string[]
  /** Only if it was asked for. */
  readonly 'changed-readings': readonly TemplateReading[] | null
}

/** A value that an earlier version sent otherwise, with its template: a stack, or a file of the platform. */
interface TemplateReading extends ChangedReading {
  readonly template: string
}

/** What is asked for beyond the problems. */
interface Asked {
  /** cfn-lint, whether the platform asks for it or not. */
  readonly lint: boolean
  readonly changedReadings: boolean
}

/** Checks the service or the platform in a folder. Throws 'bad-input' with every problem, and with the outputs, if there is any. */
export async function validateHere(machine: Machine, path: string, against: Against, asked: Asked): Promise<Validated> {
  const kind = await descriptorKind(machine.files, path)
  const found = kind === 'platform' ? await inspectPlatformHere(machine, path) : await inspectServiceHere(machine, path, against)
  const { templates, regions } = found
  const problems = unique(found.problems)
  const outputs: Validated = {
    kind,
    name: await nameHere(machine, path, kind),
    problems,
    lint: await adviceHere(machine, { path, templates, linter: asked.lint || found.linter, regions }),
    unchecked: [...new Set(found.unchecked)],
    'changed-readings': asked.changedReadings
      ? [...templates].flatMap(([template, root]) => changedReadings(root).map((reading) => ({ template, ...reading })))
      : null,
  }
  if (problems.length > 0) throw refuse(`the ${kind} in ${path}`, problems).with({ outputs: { ...outputs } })
  return outputs
}

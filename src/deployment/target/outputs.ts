import { TowpathError } from '../../errors.ts'
import { suggest } from '../../nearest.ts'
import { platformService, stackName } from '../../service/names.ts'
import type { Stack } from '../../stack/stacks.ts'
import { guarded } from '../log/damage.ts'
import { findEnd } from '../log/history.ts'
import type { Target } from './target.ts'

/** Reads outputs of stacks of the platform and of other services. Each stack is described once. */
export interface ForeignOutputs {
  /** Throws 'not-found' if the stack or the output is not there. */
  read(service: string, stack: string, output: string): Promise<string>
}

export function foreignOutputs(target: Target): ForeignOutputs {
  const seen = new Map<string, Promise<Stack | undefined>>()
  const { environment } = target
  return {
    async read(service, stack, output) {
      const key = `${service}/${stack}`
      const described = seen.get(key) ?? describe(target, service, stack)
      seen.set(key, described)
      const found = await described
      if (found === undefined) {
        const unknown = await unknownService(target, service)
        const hint =
          service === 'platform'
            ? `deploy the platform to ${environment} first: towpath deploy --path <platform> --environment ${environment}`
            : (unknown ?? `deploy service '${service}' to ${environment} first`)
        throw new TowpathError('not-found', `stack '${stack}' of ${whose(service)} is not there in ${environment}`, { hint })
      }
      const value = found.outputs[output]
      if (value === undefined)
        throw new TowpathError('not-found', `stack '${stack}' of ${whose(service)} has no output '${output}' in ${environment}`, {
          hint: suggest(output, Object.keys(found.outputs)),
        })
      return value
    },
  }
}

/** A hint with the nearest name, if a service does not exist; undefined if it does, or nobody may say. */
async function unknownService({ ledger }: Target, service: string): Promise<string | undefined> {
  if (service === platformService) return undefined
  // Late: hardly any deployment needs the names of all services.
  const { servicesKnown } = await import('../../release/services.ts')
  const known = await servicesKnown(ledger.objects)
  return known === undefined || known.includes(service) ? undefined : `there is no service '${service}': ${suggest(service, known)}`
}

function whose(service: string): string {
  return service === 'platform' ? 'the platform' : `service '${service}'`
}

/** Looks for the stack under the name that Towpath gives it, then under the name in the log of its own service. */
async function describe(target: Target, service: string, stack: string): Promise<Stack | undefined> {
  const { environment } = target
  const found = await target.stacks.describe(stackName(service, environment, stack))
  if (found) return found
  const end = await findEnd(guarded({ ...target.ledger, service }, target.log, undefined))
  const name = end.record?.value.stacks[stack]?.name
  return name === undefined ? undefined : target.stacks.describe(name)
}

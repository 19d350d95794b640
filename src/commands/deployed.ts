import type { StackResult } from '../deployment/apply/run.ts'
import type { Deployed } from '../deployment/deploy.ts'
import type { FailureCause } from '../deployment/log/record.ts'
import type { Digest } from '../digest.ts'
import { TowpathError } from '../errors.ts'

/** What `deploy` and `rollback` give. */
export const deployedOutputs = {
  outcome: { kind: 'string', description: 'succeeded, failed or unknown; null for a dry run.' },
  changed: { kind: 'boolean', description: 'True if anything was changed in AWS.' },
  deployment: { kind: 'number', description: "The deployment's number; the last one's if there was nothing to do." },
  release: { kind: 'string', description: 'The release that was applied, as sha256:<hex>.' },
  previous: { kind: 'string', description: 'The release that was present before, null the first time.' },
  stacks: { kind: 'list', description: 'Each stack: stack, name, outcome, started (null if it was not begun), seconds, outputs.' },
  cause: { kind: 'map', description: 'Why it did not succeed: stack, resource, type, reason; null otherwise.' },
} as const

/** The outputs of an apply under their public names. */
export interface DeployedOutputs {
  readonly outcome: string | null
  readonly changed: boolean
  readonly deployment: number | null
  readonly release: Digest | null
  readonly previous: Digest | null
  readonly stacks: readonly Pick<StackResult, 'stack' | 'name' | 'outcome' | 'started' | 'seconds' | 'outputs'>[]
  readonly cause: FailureCause | null
}

export function outputsOfDeployed({ outcome, changed, deployment, release, previous, stacks, cause }: Deployed): DeployedOutputs {
  return {
    outcome,
    changed,
    deployment,
    release,
    previous,
    stacks: stacks.map(({ stack, name, outcome, started, seconds, outputs }) => ({ stack, name, outcome, started, seconds, outputs })),
    cause,
  }
}

/** Runs an apply, and gives an error's outputs their public names too. */
export async function withOutputs(apply: () => Promise<Deployed>): Promise<DeployedOutputs> {
  try {
    return outputsOfDeployed(await apply())
  } catch (error) {
    if (!(error instanceof TowpathError) || !isDeployed(error.outputs)) throw error
    const { code, message, blame, hint, at, problems, outputs } = error
    throw new TowpathError(code, message, {
      blame,
      problems,
      cause: error.cause,
      outputs: { ...outputsOfDeployed(outputs) },
      ...(hint === undefined ? {} : { hint }),
      ...(at === undefined ? {} : { at }),
    })
  }
}

function isDeployed(outputs: unknown): outputs is Deployed {
  return typeof outputs === 'object' && outputs !== null && 'gates' in outputs && 'stacks' in outputs
}

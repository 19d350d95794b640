import { type CodeDeployClient, CodeDeployServiceException } from '@aws-sdk/client-codedeploy'
import type { Host, Performed, Task } from '../../local/codedeploy/host.ts'
import { Refusal } from '../../local/codedeploy/refusal.ts'
import { call } from '../../local/codedeploy/server.ts'
import { anAccount, type ServiceOptions } from '../../local/codedeploy/service.ts'
import type { Account } from '../../local/codedeploy/state.ts'
import { rolloutsThrough } from '../../src/adapters/aws/codedeploy.ts'
import type { Rollouts } from '../../src/rollout/rollouts.ts'

/** A request, and when it came, in milliseconds of the clock. */
export interface Asked {
  readonly operation: string
  readonly at: number
}

/** `refused`: there are too many requests. `unsent`: it breaks off before it is applied. `lost`: after. */
export type Trouble = 'refused' | 'unsent' | 'lost'

/**
 * CodeDeploy in memory, on the clock it is given: the service of local/codedeploy without its protocol, behind our own adapter. What runs
 * on hosts is up to the hosts it is given.
 */
export interface FakeCodeDeploy {
  readonly rollouts: Rollouts
  readonly account: Account
  readonly requests: readonly Asked[]
  count(operation?: string): number
  /** Does a trouble to the next requests of an operation. `deed` is done when it is met. */
  next(operation: string, trouble: Trouble, options?: { readonly times?: number; readonly deed?: () => void }): void
  /** Does an operation behind everybody's back: it is not counted. */
  api(operation: string, input: object): Record<string, unknown>
}

export function fakeCodeDeploy(options: ServiceOptions): FakeCodeDeploy {
  const account = anAccount(options)
  const requests: Asked[] = []
  const plans: { readonly operation: string; readonly trouble: Trouble; readonly deed: (() => void) | undefined; left: number }[] = []

  async function send(command: { readonly input: object }): Promise<object> {
    const operation = command.constructor.name.replace(/Command$/, '')
    requests.push({ operation, at: options.clock.monotonic() })
    // A turn of its own, so that the requests of several callers mix.
    await undefined
    const plan = plans.find((one) => one.left > 0 && one.operation === operation)
    if (plan) plan.left -= 1
    plan?.deed?.()
    if (plan?.trouble === 'refused') throw refusal('ThrottlingException', 'Rate exceeded')
    if (plan?.trouble === 'unsent') throw reset()
    const answer = answered(account, operation, command.input)
    if (plan?.trouble === 'lost') throw reset()
    return answer
  }

  // The SDK's own type has an overload for every command; this answers them all.
  const client = { send } as unknown as Pick<CodeDeployClient, 'send'>
  return {
    rollouts: rolloutsThrough({ reading: client, changing: client }, { region: account.region, endpoint: undefined }),
    ...{ account, requests },
    count: (operation) => requests.filter((one) => operation === undefined || one.operation === operation).length,
    next: (operation, trouble, { times = 1, deed } = {}) => void plans.push({ operation, trouble, deed, left: times }),
    api: (operation, input) => ({ ...call(account, operation, input) }),
  }
}

function answered(account: Account, operation: string, input: object): object {
  try {
    return structuredClone(call(account, operation, input))
  } catch (error) {
    throw error instanceof Refusal ? refusal(error.name, error.message) : error
  }
}

function refusal(name: string, message: string): Error {
  return new CodeDeployServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400, attempts: 1 } })
}

function reset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}

/** What a host does with an event: nothing of note, so many milliseconds of work, or a failure. */
export type Deed = (task: Task) => number | Performed | Promise<number | Performed>

/** A host in memory, of the tag `service: delivery`. */
export function fakeHost(name: string, clock: ServiceOptions['clock'], deed: Deed = () => 'succeeded'): Host {
  return {
    name,
    tags: { service: 'delivery' },
    async perform(task) {
      const done = await deed(task)
      if (typeof done !== 'number') return done
      await clock.sleep(done)
      return 'succeeded'
    },
  }
}

/** A failure of a script. */
export function scriptFailed(exitCode: number, log = '[stdout]checking\n[stderr]connection refused\n'): Performed {
  const script = 'scripts/validate.sh'
  const message = `Script at specified location: ${script} failed with exit code ${exitCode}`
  return { failed: { errorCode: 'ScriptFailed', scriptName: script, message, logTail: log } }
}

/** Makes an application `delivery` with a group `production` that takes those hosts in. */
export function withGroup(fake: FakeCodeDeploy, more: object = {}): FakeCodeDeploy {
  fake.api('CreateApplication', { applicationName: 'delivery' })
  fake.api('CreateDeploymentGroup', {
    ...{ applicationName: 'delivery', deploymentGroupName: 'production', serviceRoleArn: 'arn:aws:iam::000000000000:role/deploys' },
    ...{ ec2TagFilters: [{ Key: 'service', Value: 'delivery' }], ...more },
  })
  return fake
}

import type { Change, CodeRequest } from './request.ts'

/** How often a stop that gets no answer is asked for. A runner that cancels leaves a few seconds. */
const TRIES = 3

/**
 * Stops a deployment of ours, whoever is interrupted: nothing of this waits for the signal. Gives what goes on then, as people are told.
 * Where its group rolls back what is stopped, CodeDeploy does so by itself.
 */
export async function stopRollout(
  request: Pick<CodeRequest, 'rollouts' | 'hooks' | 'application' | 'group' | 'token'>,
  id: string,
): Promise<string> {
  const { rollouts, hooks, application, group, token } = request
  const change: Change = { does: 'stop-deployment', application, group, token, id }
  try {
    await hooks.intent(change)
    for (let tries = 1; ; tries++) {
      try {
        const stopped = await rollouts.stop(id, false)
        await hooks.outcome(change, stopped === 'over' ? 'OVER' : 'STOPPING', null)
        return stopped === 'over'
          ? `deployment ${id} had ended before it could be stopped`
          : `deployment ${id} is stopping: hosts finish the lifecycle event they are in`
      } catch (error) {
        // To stop twice does what stopping once does.
        if (tries === TRIES) throw error
      }
    }
  } catch (error) {
    return `deployment ${id} could not be stopped and goes on: ${error instanceof Error ? error.message : error}`
  }
}

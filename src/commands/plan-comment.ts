import { TowpathError } from '../errors.ts'
import type { TitledPlan } from '../render/plan-markdown.ts'
import { postPlan } from '../report/github/plan-comment.ts'
import type { World } from './world.ts'

/**
 * Shows a plan on the pull request of this run and gives the comment's address. A failure is only a warning, and the result null: the plan
 * is made, and the summary has it.
 */
export async function commentPlan(world: World, path: string, plan: TitledPlan): Promise<string | null> {
  try {
    const comments = await world.comments()
    if (comments === undefined) {
      world.log.warn('the plan is not shown as a comment: this run is of no pull request')
      return null
    }
    const { number, commit } = comments.pullRequest
    const origin = await world.origin(path)
    const { url, result } = await postPlan(comments, {
      ...plan,
      commit: commit ?? origin.commit ?? undefined,
      run: origin.run ?? undefined,
    })
    world.log.info(`the comment on pull request ${number} is ${result}: ${url}`)
    return url
  } catch (error) {
    world.log.warn(`the plan is not shown as a comment: ${reason(error)}`)
    return null
  }
}

function reason(error: unknown): string {
  if (!(error instanceof TowpathError)) return error instanceof Error ? error.message : String(error)
  return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`
}

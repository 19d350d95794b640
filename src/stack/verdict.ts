import type { ChangeSet } from './stacks.ts'

/** What a change set turned out to be. */
export type Verdict = 'pending' | 'executable' | 'empty' | 'obsolete' | 'failed'

/**
 * The two texts by which CloudFormation says that nothing would change; the second comes for templates with a transform. There is no
 * code for it: aws/aws-cdk, aws/aws-sam-cli and aws-actions/aws-cloudformation-github-deploy match the same words.
 */
const emptyReasons = ["didn't contain changes", 'No updates are to be performed']

/** Decides what a described change set is. */
export function verdictOf(changeSet: Pick<ChangeSet, 'status' | 'execution' | 'reason'>): Verdict {
  const { status, execution, reason = '' } = changeSet
  if (status === 'FAILED') return emptyReasons.some((text) => reason.includes(text)) ? 'empty' : 'failed'
  if (status === 'CREATE_COMPLETE')
    return execution === 'AVAILABLE'
      ? 'executable'
      : execution === 'OBSOLETE'
        ? 'obsolete'
        : execution === 'UNAVAILABLE'
          ? 'pending'
          : 'failed'
  return status === 'CREATE_PENDING' || status === 'CREATE_IN_PROGRESS' ? 'pending' : 'failed'
}

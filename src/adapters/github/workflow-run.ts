import type { WorkflowRun } from '../../ports/workflow-run.ts'

/** The workflow's run that this process is part of; undefined outside of one. Source: GitHub Docs, "Default environment variables". */
export function workflowRunOf(variables: Readonly<Record<string, string | undefined>>): WorkflowRun | undefined {
  const { GITHUB_ACTIONS, GITHUB_RUN_ID, GITHUB_EVENT_NAME = '', GITHUB_RUN_ATTEMPT = '' } = variables
  if (GITHUB_ACTIONS !== 'true' && !GITHUB_RUN_ID) return undefined
  return { event: GITHUB_EVENT_NAME, attempt: /^[1-9]\d{0,5}$/.test(GITHUB_RUN_ATTEMPT) ? Number(GITHUB_RUN_ATTEMPT) : 1 }
}

/** What is known of a workflow's run by those who work in it. */
export interface WorkflowRun {
  /** What started it: `push`, `pull_request`, `workflow_dispatch`. */
  readonly event: string
  /** From 1; above it the run was run again. */
  readonly attempt: number
}

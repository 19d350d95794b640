// Port: the run of a workflow that this process is part of.

/** What is known of a run inside of it. */
export interface WorkflowRun {
  /** What started it: `push`, `pull_request`, `workflow_dispatch`. */
  readonly event: string
  /** From 1; above it the run was run again. */
  readonly attempt: number
}

import type { WorkflowTools } from '../../scripts/workflow-tools.mjs'

/** How what prepare.ts made once, before the first test, is named to the workers. */
export const variables = { bundle: 'TOWPATH_TEST_BUNDLE', tools: 'TOWPATH_TEST_WORKFLOW_TOOLS' } as const

/** The folder with what `src/` builds to, which is what tests run: dist/ is compared with it, and is behind on a branch. */
export function bundleFolder(): string {
  return prepared(variables.bundle)
}

/** actionlint, zizmor and act; throws with the reason if they could not be installed. */
export function workflowTools(): WorkflowTools {
  const { tools, failed } = JSON.parse(prepared(variables.tools)) as PreparedTools
  if (tools === undefined) throw new Error(failed)
  return tools
}

/** What is known of the tools: where they are, or why they are not there. */
export interface PreparedTools {
  readonly tools?: WorkflowTools
  readonly failed?: string
}

function prepared(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: only tests of the kind 'run' (*.run.test.ts) have it`)
  return value
}

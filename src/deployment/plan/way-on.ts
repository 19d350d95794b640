/** The workflow that deploys a service, as the shipped callers are called. */
export function deployingWorkflow(service: string): string {
  return service === 'platform' ? 'platform' : 'deploy'
}

/** The command that starts a run which deploys one environment with these consents. */
export function dispatchCommand(service: string, environment: string, consents: readonly string[]): string {
  return `gh workflow run ${deployingWorkflow(service)} -f environment=${environment} -f consent='${consents.join(' ')}'`
}

/** What to do about gates that stopped everything. */
export function consentHint(service: string, environment: string, consents: readonly string[]): string {
  const flags = consents.map((consent) => `--consent ${consent}`).join(' ')
  return `nothing was changed; permit it with ${flags}\nin a workflow: ${dispatchCommand(service, environment, consents)}`
}

/** Inputs that have each action talk to AWS, by verb. An action that never does, as these inputs have it, has none. */
export function askingInputs(scratch: string): Readonly<Record<string, Readonly<Record<string, string>> | undefined>> {
  const here = { path: 'examples/greeter', bucket: 'acme-bench' }
  const there = { ...here, environment: 'staging', service: 'greeter' }
  return {
    'create-release': here,
    deploy: { ...there, release: 'abcd' },
    'deploy-code': { ...there, release: 'abcd' },
    'deploy-stacks': { ...there, release: 'abcd' },
    'log-deployment': { ...there, version: '1', outcome: 'succeeded' },
    'merge-templates': { ...here, out: `${scratch}/merged` },
    'package-artefact': here,
    plan: { ...there, release: 'abcd' },
    rollback: there,
    'run-ansible': undefined,
    'sync-platform': { ...here, path: 'platform' },
    validate: undefined,
  }
}

/** What an action finds in its environment, as a runner sets it: without the commit, git would be asked for it. */
export const runnerVariables: Readonly<Record<string, string>> = {
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTOR: 'octocat',
  GITHUB_REPOSITORY: 'acme/greeter',
  GITHUB_REPOSITORY_ID: '1',
  GITHUB_RUN_ID: '1',
  GITHUB_SHA: '0'.repeat(40),
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: '000000000000',
  AWS_SECRET_ACCESS_KEY: 'test',
}

/** Inputs as a runner hands them to an action. */
export function inputVariables(inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
}

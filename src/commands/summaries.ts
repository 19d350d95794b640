/** Every verb with its purpose, in the order in which people meet them. */
export const summaries = {
  bootstrap: 'Make the platform bucket, or the bucket and the roles of an environment.',
  validate: 'Check a service or a platform offline, and list every problem.',
  'sync-platform': 'Publish a platform to the platform bucket and move its channel.',
  'package-artefact': 'Archive a service and store it in the platform bucket under its digest.',
  'merge-templates': "Write a service's templates with its overrides and additions merged in.",
  'create-release': 'Compose a release of a service and store it.',
  plan: 'Show what applying a release to an environment would change.',
  deploy: 'Apply a release to an environment, and watch it until it is live.',
  'deploy-stacks': 'Apply only the stacks of a stored release to an environment.',
  'deploy-code': 'Put the code of a stored release on its hosts, once its stacks are live.',
  rollback: 'Apply the release that was live before, or another older one.',
  'run-ansible': 'Run a playbook on hosts, and tell each failure with its place.',
  'log-deployment': 'Record a deployment that something else made.',
  'github-id': "Print a repository's line for the platform's register, with GitHub's ids.",
  log: 'List the deployments of a service to an environment, and verify their chain.',
} as const

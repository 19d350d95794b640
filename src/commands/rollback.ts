import type { ChosenRelease } from '../deployment/deploy.ts'
import { deployedText } from '../render/deployed.ts'
import { command } from './command.ts'
import { deployedOutputs } from './deployed.ts'
import { bucket, changing, environment, path, repository, service } from './inputs.ts'
import { serviceNamed } from './service.ts'
import { openTarget } from './target.ts'

export default command({
  name: 'rollback',
  summary: 'Apply the release that was live before, or another older one.',
  inputs: {
    path,
    service,
    repository,
    environment,
    to: {
      kind: 'string',
      description:
        'A release that was deployed here before, by any unique prefix; without it, the newest that worked before the present one.',
    },
    bucket,
    ...changing,
  },
  outputs: deployedOutputs,
  examples: [
    'rollback --service delivery --environment production --bucket acme-towpath',
    'rollback --path . --environment production --to 3f2a --bucket acme-towpath',
  ],
  async run(
    { path, service, repository, environment, to, bucket, timeout, wait, consent, 'dry-run': dry, 'fail-on-gate': failOnGate },
    world,
  ) {
    const objects = await world.objects(bucket)
    const name = await serviceNamed(world, service, path)
    const target = await openTarget(world, objects, {
      service: name,
      environment,
      intent: 'deploy',
      timeout,
      consents: dry ? undefined : new Set(consent),
    })
    const { chooseRelease, nowhere } = await import('./going-back.ts')
    const choose = (): Promise<ChosenRelease | undefined> => chooseRelease(target, to)
    const admitted = await (await import('./caller.ts')).admit(world, objects, {
      service: name,
      path,
      repository,
      environment: target.entry,
    })
    const release = await choose()
    if (release === undefined) return nowhere(target, service)
    const consents = new Set(consent)
    if (dry) return (await import('./dry-run.ts')).dryRun(target, release, { consents, failOnGate })
    return (await import('./apply.ts')).applyRelease(world, path, admitted, {
      target,
      release,
      choose,
      kind: 'rollback',
      wait,
      timeout,
      consents,
    })
  },
  text: deployedText,
})

import { findRelease } from '../release/store.ts'
import { deployedText } from '../render/deployed.ts'
import { command } from './command.ts'
import { deployedOutputs } from './deployed.ts'
import { bucket, changing, environment, path, plan, repository, service } from './inputs.ts'
import { serviceNamed } from './service.ts'
import { openTarget } from './target.ts'

export default command({
  name: 'deploy-stacks',
  summary: 'Apply only the stacks of a stored release to an environment.',
  inputs: {
    release: { kind: 'string', required: true, description: 'A release that exists, by any unique prefix.' },
    path,
    service,
    repository,
    environment,
    plan,
    bucket,
    ...changing,
  },
  outputs: deployedOutputs,
  examples: ['deploy-stacks --service delivery --release 3f2a --environment production --bucket acme-towpath'],
  async run(
    { release, path, service, repository, environment, plan, bucket, timeout, wait, consent, 'dry-run': dry, 'fail-on-gate': failOnGate },
    world,
  ) {
    const objects = await world.objects(bucket)
    const reviewed = plan === undefined ? undefined : await (await import('./apply.ts')).reviewedPlan(objects, plan)
    const name = await serviceNamed(world, service, path)
    const chosen = await findRelease(objects, name, release)
    const target = await openTarget(world, objects, {
      service: name,
      environment,
      intent: 'deploy',
      timeout,
      consents: dry ? undefined : new Set(consent),
    })
    const admitted = await (await import('./caller.ts')).admit(world, objects, {
      service: name,
      path,
      repository,
      environment: target.entry,
    })
    if (reviewed) (await import('../deployment/plan/reviewed.ts')).requireSubject(reviewed, target.entry, chosen.id)
    const consents = new Set(consent)
    if (dry) return (await import('./dry-run.ts')).dryRun(target, chosen, { consents, reviewed, failOnGate })
    return (await import('./apply.ts')).applyRelease(world, path, admitted, {
      target,
      release: chosen,
      kind: 'deploy',
      parts: ['stacks'],
      reviewed,
      wait,
      timeout,
      consents,
    })
  },
  text: deployedText,
})

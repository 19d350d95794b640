import { requireSubject } from '../deployment/plan/reviewed.ts'
import { findRelease } from '../release/store.ts'
import { deployedText } from '../render/deployed.ts'
import { applyRelease, plan, reviewedPlan } from './apply.ts'
import { admit } from './caller.ts'
import { command } from './command.ts'
import { deployedOutputs } from './deployed.ts'
import { dryRun } from './dry-run.ts'
import { bucket, changing, environment, path, repository, service } from './inputs.ts'
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
    const reviewed = await reviewedPlan(objects, plan)
    const name = await serviceNamed(world, service, path)
    const chosen = await findRelease(objects, name, release)
    const target = await openTarget(world, objects, {
      service: name,
      environment,
      intent: 'deploy',
      timeout,
      consents: dry ? undefined : new Set(consent),
    })
    const admitted = await admit(world, objects, { service: name, path, repository, environment: target.entry })
    if (reviewed) requireSubject(reviewed, target.entry, chosen.id)
    const consents = new Set(consent)
    if (dry) return dryRun(target, chosen, { consents, reviewed, failOnGate })
    return applyRelease(world, path, admitted, {
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

import { TowpathError } from '../errors.ts'
import { shortId } from '../release/manifest.ts'
import { findRelease } from '../release/store.ts'
import { deployedText } from '../render/deployed.ts'
import { command } from './command.ts'
import { deployedOutputs } from './deployed.ts'
import { bucket, changing, environment, path, repository, service } from './inputs.ts'
import { serviceNamed } from './service.ts'
import { openTarget } from './target.ts'

const { timeout, wait, consent } = changing

export default command({
  name: 'deploy-code',
  summary: 'Put the code of a stored release on its hosts, once its stacks are live.',
  inputs: {
    release: { kind: 'string', required: true, description: 'A release that exists, by any unique prefix.' },
    path,
    service,
    repository,
    environment,
    bucket,
    timeout,
    wait,
    consent,
  },
  outputs: deployedOutputs,
  examples: ['deploy-code --service delivery --release 3f2a --environment production --bucket acme-towpath'],
  async run({ release, path, service, repository, environment, bucket, timeout, wait, consent }, world) {
    const objects = await world.objects(bucket)
    const name = await serviceNamed(world, service, path)
    const chosen = await findRelease(objects, name, release)
    if (chosen.manifest.code === undefined)
      throw new TowpathError('bad-input', `release ${shortId(chosen.id)} of ${name} has no code of its own: its stacks bring it`, {
        hint: 'deploy its stacks: towpath deploy-stacks',
      })
    const target = await openTarget(world, objects, { service: name, environment, intent: 'deploy', timeout, consents: new Set(consent) })
    const admitted = await (await import('./caller.ts')).admit(world, objects, {
      service: name,
      path,
      repository,
      environment: target.entry,
    })
    const consents = new Set(consent)
    return (await import('./apply.ts')).applyRelease(world, path, admitted, {
      target,
      release: chosen,
      kind: 'deploy',
      parts: ['code'],
      wait,
      timeout,
      consents,
    })
  },
  text: deployedText,
})

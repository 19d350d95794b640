import { TowpathError } from '../errors.ts'
import { serviceNameAt, withRelease } from '../repository/release.ts'
import { command } from './command.ts'
import { bucket, handedOver, handedOverOf, path, repository } from './inputs.ts'

export default command({
  name: 'create-release',
  summary: 'Compose a release of a service and store it.',
  inputs: {
    path,
    bucket,
    artefact: { kind: 'string', description: 'An artefact packaged before, as sha256:<hex>; without it the service is packaged now.' },
    ...handedOver,
    repository,
    transfer: {
      kind: 'boolean',
      description: "Move the service's name to this repository from the one that owns it, where there is no register.",
    },
  },
  outputs: {
    release: { kind: 'string', description: 'The release, as sha256:<hex>.' },
    service: { kind: 'string', description: "The service's name." },
    platform: { kind: 'string', description: 'The platform version it was composed on.' },
  },
  examples: ['create-release --path . --bucket acme-towpath'],
  async run({ path, bucket, artefact, archive, digest, repository, transfer }, world) {
    const handed = handedOverOf(archive, digest)
    if (handed && artefact !== undefined)
      throw new TowpathError('bad-input', '--artefact and --archive are both given', {
        hint: 'give one: what was packaged before, or what a build made',
      })
    const objects = await world.objects(bucket)
    // The bucket is asked before the service is read, which loads most of the program.
    await objects.check()
    const name = await serviceNameAt(world, path)
    const admitted = await (await import('./caller.ts')).admit(world, objects, {
      service: name,
      path,
      repository,
      composes: true,
      environment: undefined,
    })
    return withRelease(world, objects, path, handed ?? artefact, async ({ manifest }, store) => {
      const { service, platform } = manifest
      await (await import('./caller.ts')).takeName(world, objects, manifest, admitted, transfer)
      const { id } = await store()
      return { release: id, service, platform: platform.version }
    })
  },
  text: ({ release, service, platform }) => `release ${release} of ${service} on platform ${platform}`,
})

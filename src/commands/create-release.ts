import { claimName, parseRepository } from '../release/owner.ts'
import { withRelease } from '../repository/release.ts'
import { command } from './command.ts'
import { bucket, path } from './inputs.ts'

export default command({
  name: 'create-release',
  summary: 'Compose a release of a service and store it.',
  inputs: {
    path,
    bucket,
    artefact: { kind: 'string', description: 'An artefact packaged before, as sha256:<hex>; without it the service is packaged now.' },
    repository: {
      kind: 'string',
      description: 'The repository that releases: owner/name, its id, or owner/name#id; by default the one of the workflow.',
    },
    transfer: { kind: 'boolean', description: "Move the service's name to this repository from the one that owns it." },
  },
  outputs: {
    release: { kind: 'string', description: 'The release, as sha256:<hex>.' },
    service: { kind: 'string', description: "The service's name." },
    platform: { kind: 'string', description: 'The platform version it was composed on.' },
  },
  examples: ['create-release --path . --bucket acme-towpath'],
  async run({ path, bucket, artefact, repository, transfer }, world) {
    const objects = await world.objects(bucket)
    const origin = await world.origin(path)
    const who =
      repository === undefined
        ? { id: origin.repositoryId, name: origin.repositoryId === null ? null : origin.repository }
        : parseRepository(repository)
    return withRelease(world, objects, path, artefact, async ({ manifest: { service, platform } }, store) => {
      await claimName(objects, service, who, transfer, world.log)
      const { id } = await store()
      return { release: id, service, platform: platform.version }
    })
  },
  text: ({ release, service, platform }) => `release ${release} of ${service} on platform ${platform}`,
})

import { TowpathError } from '../errors.ts'
import { storeArtefact, withArtefact } from '../repository/artefact.ts'
import { command } from './command.ts'
import { bucket, path } from './inputs.ts'
import { summaries } from './summaries.ts'

export default command({
  name: 'package-artefact',
  summary: summaries['package-artefact'],
  inputs: { path: { ...path, description: 'The service repository.' }, bucket },
  outputs: {
    artefact: { kind: 'string', description: 'The artefact, as sha256:<hex>.' },
    key: { kind: 'string', description: 'Its key in the bucket.' },
    bytes: { kind: 'number', description: 'Its size.' },
    existed: { kind: 'boolean', description: 'True if the bucket held it already.' },
  },
  examples: ['package-artefact --path . --bucket acme-towpath'],
  async run({ path, bucket }, world) {
    const objects = await world.objects(bucket)
    // Checked before the packing, which may take minutes.
    await objects.check()
    const { readService } = await import('../service/read.ts')
    const service = await readService(world.files, path)
    return withArtefact(world, service, path, undefined, async (archive) => {
      if (archive === null)
        throw new TowpathError('bad-input', `service '${service.name.value}' has no artefact`, {
          at: { file: service.file },
          hint: "give 'artefact: { path: … }' in service.yml",
        })
      return { ...(await storeArtefact(world, objects, archive)) }
    })
  },
  text: ({ artefact, bytes, existed }) => `${artefact} (${bytes} bytes${existed ? ', in the bucket already' : ', stored'})`,
})

import { nodeFiles } from '../../src/adapters/node/files.ts'
import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import { packArtefact } from '../../src/artefact/archive.ts'
import { silent } from '../../src/log.ts'

/** A process of its own for determinism tests: packs the folder it is given under a umask, and prints the digest and its time zone. */
const [folder = '.', umask = '022'] = process.argv.slice(2)
process.umask(Number.parseInt(umask, 8))
const archive = await packArtefact({ files: nodeFiles(), archiver: nodeArchiver(), log: silent }, folder, { path: '.' })
await archive.remove()
process.stdout.write(`${archive.digest} ${new Date(0).getHours()}`)

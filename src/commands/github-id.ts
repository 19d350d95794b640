import { TowpathError } from '../errors.ts'
import { command } from './command.ts'
import { summaries } from './summaries.ts'

/** Since then repositories send ids in the subjects of their tokens. Source: GitHub changelog, 23 April 2026, "Immutable subject claims". */
const IDS_SINCE = new Date('2026-07-15T00:00:00Z')

export default command({
  name: 'github-id',
  summary: summaries['github-id'],
  inputs: {
    repository: { kind: 'string', required: true, description: 'The repository, as <owner>/<name>.' },
  },
  outputs: {
    repository: { kind: 'string', description: "Its name in GitHub's own spelling." },
    id: { kind: 'string', description: "GitHub's number of the repository." },
    'owner-id': { kind: 'string', description: "GitHub's number of its owner." },
    subject: { kind: 'string', description: 'Which form of subject its tokens have, as far as its age tells: names or ids.' },
    line: { kind: 'string', description: "Its line for 'services' in platform.yml." },
  },
  examples: ['github-id --repository acme/greeter'],
  async run({ repository }, world) {
    if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
      throw new TowpathError('bad-input', `'${repository}' is no repository of GitHub`, { hint: 'write <owner>/<name>' })
    const { name, id, ownerId, branch, made } = await world.repository(repository)
    const subject = made < IDS_SINCE ? 'names' : 'ids'
    if (subject === 'names')
      world.log.info(
        "a repository of this age that was renamed or moved since 15 July 2026, or opted in, sends ids too: then leave 'subject' out",
      )
    const keys = [
      `repository: ${name}`,
      `id: "${id}"`,
      `owner-id: "${ownerId}"`,
      ...(subject === 'ids' ? [] : ['subject: names']),
      ...(branch === 'main' ? [] : [`branch: ${/^[\w./-]+$/.test(branch) ? branch : JSON.stringify(branch)}`]),
      'blueprint: <name>',
    ]
    return { repository: name, id, 'owner-id': ownerId, subject, line: `  ${name.split('/')[1]?.toLowerCase()}: { ${keys.join(', ')} }` }
  },
  text: ({ line }) => String(line),
})

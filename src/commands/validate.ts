import { TowpathError } from '../errors.ts'
import { validatedText } from '../render/validated.ts'
import { command } from './command.ts'
import { path } from './inputs.ts'
import { summaries } from './summaries.ts'

export default command({
  name: 'validate',
  summary: summaries.validate,
  inputs: {
    path,
    platform: { kind: 'folder', description: 'A platform repository on this machine to check a service against.' },
    bucket: { kind: 'string', description: 'The platform bucket to check a service against, instead of --platform.' },
    lint: { kind: 'boolean', description: "Ask cfn-lint as well, where it is installed. A platform asks for it with 'lint: true'." },
    'changed-readings': {
      kind: 'boolean',
      description:
        'List the values of templates that an earlier version of Towpath read otherwise, as it sent them and as they are sent now.',
    },
  },
  outputs: {
    kind: { kind: 'string', description: 'service or platform.' },
    name: { kind: 'string', description: 'Its name; null where the descriptor does not say.' },
    problems: { kind: 'list', description: 'Every problem: file, line, column, message, hint.' },
    lint: {
      kind: 'list',
      description:
        'Advice on the templates, and that of cfn-lint where it was asked for: template, rule, level, pointer, file, line, column, message. No exit code depends on it.',
    },
    unchecked: { kind: 'list', description: 'What could not be judged here, and why.' },
    'changed-readings': {
      kind: 'list',
      description: 'With --changed-readings: template, pointer, file, line, column, before and after of each value; else null.',
    },
  },
  examples: ['validate --path .', 'validate --path . --platform ../platform'],
  async run({ path, platform, bucket, lint, 'changed-readings': changedReadings }, world) {
    if (platform !== undefined && bucket !== undefined)
      throw new TowpathError('bad-input', 'validate takes --platform or --bucket, not both', { hint: 'leave one of them out' })
    const { validateHere } = await import('../repository/validate.ts')
    const against = { platform, bucket: bucket === undefined ? undefined : () => world.objects(bucket) }
    return validateHere(world, path, against, { lint, changedReadings })
  },
  text: validatedText,
})

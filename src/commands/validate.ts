import { type Problem, TowpathError } from '../errors.ts'
import type { Advice } from '../release/lint.ts'
import { validatedText } from '../render/validated.ts'
import { command, list } from './command.ts'
import { path } from './inputs.ts'

export default command({
  name: 'validate',
  summary: 'Check a service or a platform offline, and list every problem.',
  inputs: {
    path,
    platform: { kind: 'folder', description: 'A platform repository on this machine to check a service against.' },
    bucket: { kind: 'string', description: 'The platform bucket to check a service against, instead of --platform.' },
  },
  outputs: {
    kind: { kind: 'enum', values: ['service', 'platform'], description: 'service or platform.' },
    name: { kind: 'string', nullable: true, description: 'Its name; null where the descriptor does not say.' },
    problems: list<Problem>('Every problem: file, line, column, message, hint.'),
    lint: list<Advice>(
      'Advice of cfn-lint, where it is installed: template, rule, level, pointer, file, line, column, message. No exit code depends on it.',
    ),
    unchecked: list<string>('What could not be judged here, and why.'),
  },
  examples: ['validate --path .', 'validate --path . --platform ../platform'],
  async run({ path, platform, bucket }, world) {
    if (platform !== undefined && bucket !== undefined)
      throw new TowpathError('bad-input', 'validate takes --platform or --bucket, not both', { hint: 'leave one of them out' })
    const { validateHere } = await import('../repository/validate.ts')
    return validateHere(world, path, { platform, bucket: bucket === undefined ? undefined : () => world.objects(bucket) })
  },
  text: validatedText,
})

import { describe, expect, test } from '@jest/globals'
import { command, list, map } from '../../src/commands/command.ts'

const described = { description: '' }

/** A verb that returns what its declaration says. The lines that must not compile are the canaries of its types. */
const verb = command({
  name: 'verb',
  summary: '',
  inputs: { outcome: { kind: 'enum', values: ['good', 'bad'], required: true, ...described } },
  outputs: {
    outcome: { kind: 'enum', values: ['good', 'bad'], ...described },
    number: { kind: 'number', nullable: true, ...described },
    stacks: list<{ readonly name: string }>(''),
    cause: { ...map<{ readonly reason: string }>(''), nullable: true },
  },
  async run({ outcome }) {
    // @ts-expect-error It is one of two words.
    if (outcome === 'green') throw new Error(outcome)
    return { outcome, number: null, stacks: [{ name: 'main' }], cause: null }
  },
  text({ outcome, number, stacks, cause }) {
    // @ts-expect-error It may be null.
    const next = number + 1
    // @ts-expect-error It has no such name.
    const names = stacks.map(({ title }) => title)
    return [outcome, next, names.length, stacks[0]?.name, cause?.reason ?? '-'].join(' ')
  },
})

describe('the types of a verb', () => {
  test('come from its declaration, inputs and outputs', async () => {
    expect(verb.text(await verb.run({ outcome: 'bad' }, {} as never))).toBe('bad 1 1 main -')
  })
})

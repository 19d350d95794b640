import { describe, expect, test } from '@jest/globals'
import type { Command } from '../../src/commands/command.ts'
import { loadVerb, verbs } from '../../src/commands/verbs.ts'
import { commonFlags } from '../../src/hosts/arguments.ts'
import { helpFor, overview } from '../../src/hosts/help.ts'

const commands: readonly [string, Command][] = await Promise.all(
  [...verbs].map(async ([name, verb]) => [name, await loadVerb(verb)] as [string, Command]),
)

/** The help as one line, so that where it is wrapped does not matter. */
const flat = (text: string): string => text.replace(/\s+/g, ' ')

/** What of a declaration a help text does not say. */
function unsaid({ inputs, outputs, summary, examples = [] }: Command, help: string): string[] {
  const text = flat(help)
  const wanted = [
    summary,
    ...Object.entries({ ...inputs, ...commonFlags }).flatMap(([name, input]) => {
      const { kind, description, default: given, env, required } = input
      const notes = [
        ...(given === undefined ? [] : [`default: ${given}`]),
        ...(env === undefined ? [] : [`or ${env}`]),
        ...(required ? ['required'] : []),
      ]
      const value = {
        ...{ string: '<text> ', strings: '<text> ', folder: '<folder> ', file: '<file> ', duration: '<duration> ', boolean: '' },
        enum: input.kind === 'enum' ? `${input.values.join('|')} ` : '',
      }[kind]
      return [`--${name} ${value}${description}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`]
    }),
    ...Object.entries(outputs).map(([name, { description }]) => `${name} ${description}`),
    ...examples.map((line) => `towpath ${line}`),
  ]
  return wanted.filter((one) => !text.includes(flat(one)))
}

describe.each(commands)('the help of %s', (name, command) => {
  test('says all that its declaration does', () => {
    expect(unsaid(command, helpFor(command))).toEqual([])
  })

  test('has its required flags in the synopsis', () => {
    const usage = /^usage: .*$/m.exec(helpFor(command))?.[0] ?? ''
    for (const [flag, { required }] of Object.entries(command.inputs)) expect(usage.includes(`--${flag} `)).toBe(required === true)
  })

  test('fits a page', () => {
    const tooWide = helpFor(command)
      .split('\n')
      .filter((line) => line.length > 100 && !line.startsWith('usage:') && !line.startsWith('  towpath '))
    expect(tooWide).toEqual([])
  })

  test('has examples that its own flags can read', () => {
    const known = new Set([...Object.keys(command.inputs), ...Object.keys(commonFlags)])
    const flags = (command.examples ?? []).flatMap((line) => [...line.matchAll(/--([a-z-]+)/g)].map(([, flag]) => flag ?? ''))
    expect(flags.filter((flag) => !known.has(flag))).toEqual([])
    for (const line of command.examples ?? []) expect(line.startsWith(`${name} `)).toBe(true)
  })
})

describe.each(commands)('the declaration of %s', (name, command) => {
  test('has the name and the summary under which it is listed', () => {
    expect(command.name).toBe(name)
    expect(command.summary).toBe(verbs.get(name)?.summary)
  })

  test('describes everything in sentences', () => {
    const texts = [command.summary, ...Object.values({ ...command.inputs, ...command.outputs }).map(({ description }) => description)]
    expect(texts.filter((text) => !/^[^.\s].*\.$/.test(text))).toEqual([])
  })

  test('asks for nothing twice: no flag of its own is one that every verb has', () => {
    expect(Object.keys(command.inputs).filter((flag) => Object.hasOwn(commonFlags, flag))).toEqual([])
  })
})

test('the overview lists every verb with its summary', () => {
  const text = flat(overview())
  for (const [name, { summary }] of verbs) expect(text).toContain(`${name} ${summary}`)
})

test('canary: a help of another declaration does not pass', () => {
  const [, command] = commands[0] ?? []
  if (!command) throw new Error('there are no verbs')
  const changed: Command = {
    ...command,
    inputs: {
      ...command.inputs,
      bucket: { kind: 'string', description: 'Something else.' },
      more: { kind: 'boolean', description: 'More.' },
    },
    outputs: { ...command.outputs, other: { kind: 'string', description: 'Another output.' } },
  }
  expect(unsaid(changed, helpFor(command))).toEqual(['--bucket <text> Something else.', '--more More.', 'other Another output.'])
})

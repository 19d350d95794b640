import { rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { hostile, neutral } from './hostile.ts'
import { commandsIn, controlsIn, linesOf, outputsIn, skeleton } from './judge.ts'
import { sinks } from './sinks.ts'
import { aStep, type Step, stepsFolder, type Wrote } from './step.ts'

let folder: string
let step: Step
beforeAll(() => {
  folder = stepsFolder()
})
beforeEach(() => {
  step = aStep(folder)
})
afterEach(() => step.end())
afterAll(() => rmSync(folder, { recursive: true }))

/** What the readers of a step would make of it, without the texts that are told. */
function meaning({ code, stdout, outputs, summary }: Wrote): object {
  return {
    code,
    commands: commandsIn(stdout).map(({ name, properties }) => [name, ...Object.keys(properties)].join(' ')),
    outputs: [...outputsIn(outputs).keys()],
    // A text of several lines makes several alike.
    summary: skeleton(summary).filter((line, at, all) => line !== all[at - 1]),
  }
}

/** Sinks of texts that may have several lines: each of them is a line of the log. */
const ofLines = new Set([
  "the verb's own text",
  "an error's hint",
  'one of many problems',
  'an error that is no TowpathError',
  'an error with a foreign stack',
])

test('there are at least 200 hostile texts', () => {
  expect(hostile.length).toBeGreaterThanOrEqual(200)
})

describe.each(Object.entries(sinks))('%s', (name, sink) => {
  test('is text to every reader, whatever it holds', async () => {
    const expected = await sink(step, neutral)
    const escaped: object[] = []
    for (const text of hostile) {
      const wrote = await sink(step, text)
      const found = controlsIn(wrote.stdout + wrote.summary)
      const lines = ofLines.has(name) || linesOf(wrote.stdout).length === linesOf(expected.stdout).length
      if (found.length > 0 || !lines || JSON.stringify(meaning(wrote)) !== JSON.stringify(meaning(expected)))
        escaped.push({
          text: text.slice(0, 80),
          found,
          lines,
          stdout: wrote.stdout.slice(0, 200),
          was: JSON.stringify(meaning(wrote)).slice(0, 300),
        })
    }
    expect(escaped.slice(0, 3)).toEqual([])
  })
})

test('an output is read back as it was', async () => {
  for (const text of hostile)
    expect(outputsIn((await sinks['an output']?.(step, text))?.outputs ?? '').get('value')).toBe(text.toWellFormed())
})

describe('the judge sees what escapes', () => {
  const escaping = (judge: (text: string) => boolean): number => hostile.filter(judge).length

  test('from a log that is written as it is, as core.info does', () => {
    expect(escaping((text) => commandsIn(`${text}\n`).length > 0)).toBeGreaterThan(100)
    expect(escaping((text) => controlsIn(text).length > 0)).toBeGreaterThan(50)
    expect(escaping((text) => linesOf(`${text}\n`).length > 1)).toBeGreaterThan(30)
  })

  test('from an output that is written as name=value', () => {
    const set = (text: string): readonly string[] => {
      try {
        return [...outputsIn(`outcome=${text}\n`).keys()]
      } catch {
        return ['refused']
      }
    }
    expect(escaping((text) => set(text).join() !== 'outcome')).toBeGreaterThan(20)
    expect([...outputsIn('value=\noutcome<<x\nsucceeded\nx\n')]).toEqual([
      ['value', ''],
      ['outcome', 'succeeded'],
    ])
  })

  test.each([
    ['a cell', (text: string) => `| a | b |\n| --- | --- |\n| ${text} | x |`],
    ['a cell, in one backtick', (text: string) => `| a | b |\n| --- | --- |\n| \`${text}\` | x |`],
    ['a paragraph, in one backtick', (text: string) => `so: \`${text}\` it is`],
    ['a chart', (text: string) => `\`\`\`mermaid\ngantt\n  ${text} :0, 1ms\n\`\`\``],
  ])('from Markdown that puts it into %s', (_, write) => {
    const expected = JSON.stringify(skeleton(write(neutral)))
    expect(escaping((text) => JSON.stringify(skeleton(write(text))) !== expected)).toBeGreaterThan(15)
  })
})

import { rmSync } from 'node:fs'
import * as core from '@actions/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { workflowRunner } from '../../../src/adapters/github/workflow.ts'
import { commandsIn, outputsIn } from '../../actions/judge.ts'
import { aStep, type Step, stepsFolder, type Wrote } from '../../actions/step.ts'

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

const wrote = (deed: () => unknown): Promise<Wrote> =>
  step.watch(async () => {
    await deed()
    return 0
  })
const runner = workflowRunner()

/** The delimiter of an output is drawn anew each time. */
const withoutDelimiter = (text: string): string => text.replace(/ghadelimiter_[0-9a-f-]+/g, 'delimiter')

describe('what the runner is told is what the whole of @actions/core would tell it', () => {
  test.each(['text', 'two\nlines', '', null, 3, true, [{ a: 1 }]])('an output: %j', async (value) => {
    const [ours, theirs] = [await wrote(() => runner.output('name', value)), await wrote(() => core.setOutput('name', value))]
    expect(withoutDelimiter(ours.outputs)).toBe(withoutDelimiter(theirs.outputs))
    expect(ours.stdout).toBe(theirs.stdout)
  })

  test('a mask', async () => {
    expect((await wrote(() => runner.mask('a%b'))).stdout).toBe((await wrote(() => core.setSecret('a%b'))).stdout)
  })

  test('an annotation', async () => {
    const place = { file: 'a,b:c.yml', line: 3, column: 5 }
    const ours = await wrote(() => runner.annotate({ level: 'error', title: 'a: b', message: 'one\ntwo 100%', ...place }))
    const theirs = await wrote(() => core.error('one\ntwo 100%', { title: 'a: b', file: place.file, startLine: 3, startColumn: 5 }))
    expect(ours.stdout).toBe(theirs.stdout)
  })

  test('a group', async () => {
    const theirs = await wrote(() => {
      core.startGroup('title')
      core.info('line')
      core.endGroup()
    })
    expect((await wrote(() => runner.group('title', ['line']))).stdout).toBe(theirs.stdout)
  })

  test('a summary', async () => {
    expect((await wrote(() => runner.summary('# text'))).summary).toBe(
      (await wrote(() => core.summary.addRaw('# text', true).write())).summary,
    )
  })
})

describe('the runner', () => {
  test('reads an output back as it was', async () => {
    const value = 'outcome=succeeded\nEOF\n::error::x'
    expect([...outputsIn((await wrote(() => runner.output('name', value))).outputs)]).toEqual([['name', value]])
  })

  test('gets a place only where there is one', async () => {
    const { stdout } = await wrote(() => runner.annotate({ level: 'warning', title: 't', message: 'm' }))
    expect(commandsIn(stdout)).toEqual([{ name: 'warning', properties: { title: 't' }, data: 'm' }])
  })

  test('takes outputs on stdout where it names no file', async () => {
    const file = process.env.GITHUB_OUTPUT
    delete process.env.GITHUB_OUTPUT
    try {
      expect((await wrote(() => runner.output('name', 'a\nb'))).stdout).toBe('::set-output name=name::a%0Ab\n')
    } finally {
      process.env.GITHUB_OUTPUT = file
    }
  })
})

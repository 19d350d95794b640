import { describe, expect, test } from '@jest/globals'
import { type Problem, TowpathError } from '../../src/errors.ts'
import { annotationsOf } from '../../src/render/annotations.ts'

const shorten = (path: string): string => path.replace(/^\/work\//, '')
const problems = (count: number): readonly Problem[] =>
  Array.from({ length: count }, (_, at) => ({ file: '/work/service.yml', line: at + 1, column: 3, message: `wrong ${at + 1}` }))

function of(error: TowpathError | undefined, warnings: readonly string[] = []): ReturnType<typeof annotationsOf> {
  return annotationsOf({ title: 'towpath deploy', error, warnings, shorten })
}

describe('annotations', () => {
  test('stand where the problem is, with what to do on a line of its own', () => {
    const error = new TowpathError('bad-input', 'no resource', {
      at: { file: '/work/a/b.yml', line: 3, column: 5 },
      hint: "did you mean 'x'?",
    })
    expect(of(error)).toEqual([
      { level: 'error', title: 'towpath deploy', message: "no resource\ndid you mean 'x'?", file: 'a/b.yml', line: 3, column: 5 },
    ])
  })

  test.each(['/elsewhere/b.yml', 'platform.yml (3.2.0)'])('tell a place that is not in the workspace in the message: %s', (file) => {
    const [annotation] = of(new TowpathError('bad-input', 'wrong', { at: { file, line: 3 } }))
    expect(annotation).toEqual({ level: 'error', title: 'towpath deploy', message: `${file}:3: wrong` })
  })

  test('are worst first', () => {
    expect(of(new TowpathError('failed', 'wrong'), ['look', 'there']).map(({ level }) => level)).toEqual(['error', 'warning', 'warning'])
  })

  test('are ten at most, the last of which counts the others', () => {
    const all = of(new TowpathError('bad-input', 'wrong', { problems: problems(12) }), ['look'])
    expect(all).toHaveLength(10)
    expect(all.at(-2)).toMatchObject({ message: 'wrong 9', line: 9 })
    expect(all.at(-1)).toEqual({ level: 'error', title: 'towpath deploy', message: 'and 4 more: see the log of the step' })
  })

  test('are all there if they are ten', () => {
    expect(of(new TowpathError('bad-input', 'wrong', { problems: problems(9) }), ['look']).at(-1)).toMatchObject({ message: 'look' })
  })

  test('are none where all is well', () => {
    expect(of(undefined)).toEqual([])
  })
})

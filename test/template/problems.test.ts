import { expect, test } from '@jest/globals'
import type { Problem } from '../../src/errors.ts'
import { inOrder } from '../../src/template/problems.ts'

const at = (file: string, line: number, column = 1, message = 'wrong'): Problem => ({ file, line, column, message })

test('problems come file by file, down the text, each once', () => {
  const problems = [at('b', 1), at('other', 1), at('a', 2), at('a', 1, 5), at('a', 1, 2), at('a', 2), at('a', 2, 1, 'also wrong')]
  expect(inOrder(problems, ['a', 'b'])).toEqual([
    at('a', 1, 2),
    at('a', 1, 5),
    at('a', 2),
    at('a', 2, 1, 'also wrong'),
    at('b', 1),
    at('other', 1),
  ])
})

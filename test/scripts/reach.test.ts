import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { reachedFrom } from '../../scripts/reach.ts'

const root = new URL('../../', import.meta.url)
const inRepository = (file: string): Promise<string> => readFile(new URL(file, root), 'utf8')

/** Reads files of a tree in memory. */
const reading =
  (files: Readonly<Record<string, string>>) =>
  async (file: string): Promise<string> => {
    const text = files[file]
    if (text === undefined) throw new Error(`there is no ${file}`)
    return text
  }

describe('the files that one file loads', () => {
  test('are those of its imports and re-exports, and of theirs, each once', async () => {
    const files = {
      'a/a.ts': "import { b } from '../b.ts'\nexport * from './c.ts'\nimport '../d.ts'\nimport fs from 'node:fs'",
      'b.ts': "export { d, type D } from './d.ts'",
      'a/c.ts': "import { a } from './a.ts'",
      'd.ts': '',
    }
    expect(await reachedFrom('a/a.ts', reading(files))).toEqual(['a/a.ts', 'a/c.ts', 'b.ts', 'd.ts'])
  })

  test('are not those of its types, nor those that it loads later', async () => {
    const text = [
      "import type { B } from './b.ts'",
      "import { type C, type D } from './c.ts'",
      "export type { E } from './e.ts'",
      "export { type F } from './f.ts'",
      "const later = () => import('./g.ts')",
    ].join('\n')
    expect(await reachedFrom('a.ts', reading({ 'a.ts': text }))).toEqual(['a.ts'])
  })

  test('must all be there', async () => {
    await expect(reachedFrom('a.ts', reading({ 'a.ts': "import './b.ts'" }))).rejects.toThrow('there is no b.ts')
  })
})

/** What one has to know to change what a deployment does with one stack, and to change a deployment. */
test.each([
  ['src/deployment/apply/apply-stack.ts', 30],
  ['src/deployment/deploy.ts', 60],
])('%s reaches no more than %i files', async (file, most) => {
  const reached = await reachedFrom(file, inRepository)
  expect(reached).toContain('src/stack/execute.ts')
  expect(reached.length > most ? reached : []).toEqual([])
})

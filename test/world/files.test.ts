import { describe, expect, test } from '@jest/globals'
import { filesContract } from '../adapters/node/files.contract.ts'
import { failing, memoryFiles } from './files.ts'

filesContract('the fake', async (tree) => ({ files: memoryFiles(tree), root: '', remove: async () => {} }))

describe('what only the fake can do', () => {
  test('a file fails with the error it was given, on every way to its content', async () => {
    const broken = new Error('input/output error')
    const files = memoryFiles({ '/a': failing(broken) })
    await expect(files.read('/a')).rejects.toBe(broken)
    await expect(files.part('/a', 0, 1)).rejects.toBe(broken)
    await expect(files.write('/a', 'x')).rejects.toBe(broken)
    await expect(Array.fromAsync(files.stream('/a'))).rejects.toBe(broken)
    expect(await files.facts('/a')).toMatchObject({ kind: 'file' })
  })

  test('the disk is full after so many bytes', async () => {
    const files = memoryFiles({}, { space: 5 })
    await files.write('/a', 'abc')
    await expect(files.write('/b', 'abc')).rejects.toMatchObject({ code: 'failed' })
    expect(files.paths()).toEqual(['/a'])
  })

  test('pieces are as large as asked', async () => {
    const files = memoryFiles({ '/a': 'abcde' }, { pieceBytes: 2 })
    const pieces = await Array.fromAsync(files.stream('/a'))
    expect(pieces.map((piece) => piece.length)).toEqual([2, 2, 1])
  })

  test('a tree changes under the hand', async () => {
    const files = memoryFiles({ '/a/b': 'x' })
    files.put('/a/c', 'y')
    files.delete('/a/b')
    expect(files.paths()).toEqual(['/a/c'])
  })
})

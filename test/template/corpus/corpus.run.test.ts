import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { ensurePython } from '../../../scripts/python.mjs'
import { mergeTemplate } from '../../../src/template/merge/merge.ts'
import { readTemplate } from '../../../src/template/read.ts'
import { corpus } from './shapes.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../..')

/** What the second reader makes of texts. */
type Theirs = { readonly value: unknown } | { readonly error: string }

async function readByPython(texts: readonly string[]): Promise<readonly Theirs[]> {
  const python = await ensurePython(root, { say: (line) => process.stderr.write(`${line}\n`) })
  const child = spawn(python, ['-I', join(here, 'read.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(texts))
  return JSON.parse(await text(child.stdout))
}

/** The values under test, of what a reader gives. */
function valuesOf(template: unknown, count: number): readonly unknown[] {
  const { Resources } = template as { readonly Resources: Readonly<Record<string, { readonly Properties: { readonly Value: unknown } }>> }
  return Array.from({ length: count }, (_, index) => Resources[`R${index}`]?.Properties.Value)
}

let theirs: readonly Theirs[] = []
beforeAll(async () => {
  theirs = await readByPython(corpus.map(({ text }) => text))
}, 180_000)

describe('the corpus', () => {
  test('has three hundred templates, and all are read by both', () => {
    expect(corpus).toHaveLength(300)
    expect(theirs.filter((one) => 'error' in one)).toEqual([])
    expect(corpus.filter(({ text }) => readTemplate(text, 'a.yml', 'platform').root === undefined)).toEqual([])
  })

  test('is read, merged with an empty override and written as YAML 1.1 reads it, but for the named exceptions', () => {
    const wrong = corpus.flatMap(({ text, shapes }, index) => {
      const merged = mergeTemplate({ platform: { text, file: 'a.yml' }, override: { text: '{}', file: 'overrides/a.yml' } })
      const ours = valuesOf(JSON.parse(merged.text), shapes.length)
      const other = theirs[index]
      const their = other && 'value' in other ? valuesOf(other.value, shapes.length) : []
      return shapes.flatMap(({ name, written, isException }, at) => {
        const same = JSON.stringify(ours[at]) === JSON.stringify(their[at])
        // An exception is text here, and something else there: one that no longer is would be none.
        const fits = isException ? ours[at] === written && !same : same
        return fits ? [] : [{ name, ours: ours[at], theirs: their[at] }]
      })
    })
    expect(wrong).toEqual([])
  })

  test('and a reader that is wrong would be seen', async () => {
    const [found] = await readByPython(['Resources: {R0: {Properties: {Value: True}}}'])
    expect(found).toEqual({ value: { Resources: { R0: { Properties: { Value: true } } } } })
    expect(JSON.stringify('True')).not.toBe(JSON.stringify(found && 'value' in found ? valuesOf(found.value, 1)[0] : undefined))
  })
})

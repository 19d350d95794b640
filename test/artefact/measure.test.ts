import { expect, test } from '@jest/globals'
import { measure, reporting } from '../../src/artefact/measure.ts'
import { digestOf } from '../../src/digest.ts'

test('what passes is counted and digested, and passes unchanged', async () => {
  const { pieces, sum } = measure(
    (async function* () {
      yield Buffer.from('he')
      yield Buffer.from('llo')
    })(),
  )
  expect(Buffer.concat(await Array.fromAsync(pieces)).toString()).toBe('hello')
  expect(sum()).toEqual({ digest: digestOf('hello'), bytes: 5 })
})

test.each([1_000, 1e9, 1e12])('work of %d bytes is reported a hundred times at most, and at its end', (total) => {
  const told: number[] = []
  const heard = reporting({ info() {}, warn() {}, progress: (_, done) => void told.push(done) }, 'x', total)
  for (let at = 0; at < 1_000; at++) heard(total / 1_000)
  expect(told.length).toBeLessThanOrEqual(101)
  expect(told.at(-1)).toBe(total)
})

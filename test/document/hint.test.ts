import { describe, expect, test } from '@jest/globals'
import { suggesting } from '../../src/document/hint.ts'

describe('suggesting', () => {
  test('names the nearest, else the way out, else what there is', () => {
    const suggest = suggesting()
    expect(suggest('Queu', ['Queue', 'Topic'], 'add it')).toBe("did you mean 'Queue'?")
    expect(suggest('Function', ['Queue', 'Topic'], 'add it')).toBe('add it')
    expect(suggest('Function', ['Queue', 'Topic'])).toBe("there are 'Queue', 'Topic'")
  })

  test('looks at the names only for the first fifty mistakes, and never for one that no name can be', () => {
    let looks = 0
    const known = {
      *[Symbol.iterator]() {
        looks++
        yield 'Queue'
      },
    }
    const suggest = suggesting()
    expect(suggest('x'.repeat(1_000), known, 'add it')).toBe('add it')
    for (let n = 0; n < 10_000; n++) suggest('Queu', known)
    expect(looks).toBe(50)
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '../..')

/** Every line of our code, and of the tests that prove what it says. */
const lines = ['src', 'scripts', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('docs/'))
    .flatMap((name) => readFileSync(join(root, folder, name), 'utf8').split('\n')),
)

/** The messages that a page quotes, as the beginning of an item: `- ` and the message as code. */
function quotedIn(page: string): readonly string[] {
  return [...page.matchAll(/^- `([^`]+)`: /gm)].map(([, message = '']) => message)
}

/** True if something can print it: a line of the code has all its parts, in order. */
function isSaid(message: string): boolean {
  const parts = message.split('…').filter((part) => part.trim().length > 1)
  return lines.some((line) => {
    let from = 0
    return parts.every((part) => {
      const at = line.indexOf(part, from)
      from = at + part.length
      return at >= 0
    })
  })
}

test.each(['platform-team', 'service-team'])('%s quotes only messages that Towpath has', (page) => {
  const quoted = quotedIn(readFileSync(join(root, 'docs', `${page}.md`), 'utf8'))
  expect(quoted.length).toBeGreaterThan(5)
  expect(quoted.filter((message) => !isSaid(message))).toEqual([])
})

test('a message that nothing says is found', () => {
  expect(quotedIn('If it fails:\n\n- `no idea … at all`: do nothing.')).toEqual(['no idea … at all'])
  expect(isSaid(['no idea', 'at all'].join(' … of that '))).toBe(false)
})

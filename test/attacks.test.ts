import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type Attack, attacks } from './attacks.ts'

const root = resolve(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/credentials.md'), 'utf8')
const lines = page.split('\n').filter((line) => line.startsWith('gh api '))
const trust = readFileSync(join(root, 'src/platform/access/trust.ts'), 'utf8')

/** Why nothing is known to refuse an attack; undefined if something is. */
function unrefused({ refused }: Attack): string | undefined {
  switch (refused.by) {
    case 'code': {
      const file = join(root, refused.file)
      if (!existsSync(file)) return `no file ${refused.file}`
      return readFileSync(file, 'utf8').includes(refused.test) ? undefined : `no test '${refused.test}' in ${refused.file}`
    }
    case 'github':
      return lines.some((line) => line.includes(refused.line)) ? undefined : `no gh api line with ${refused.line} on the page`
    case 'iam':
      return refused.condition === '' ? 'no condition' : undefined
    default:
      return refused satisfies never
  }
}

describe('each attack', () => {
  test.each(attacks.map((one) => [one.attack, one] as const))('%s: is refused by something that is there', (_, one) => {
    expect(unrefused(one)).toBeUndefined()
  })

  test('is told once, and there are the ones made by hand and forty more', () => {
    expect(new Set(attacks.map(({ attack }) => attack)).size).toBe(attacks.length)
    expect(attacks.length).toBeGreaterThanOrEqual(47)
  })

  test('of those that IAM refuses names a claim that our trust policies hold today, or waits for roles of a service own', () => {
    const waiting = attacks.flatMap(({ attack, refused }) => {
      if (refused.by !== 'iam') return []
      const [, claim] = /^token\.actions\.githubusercontent\.com:(\w+)$/.exec(refused.condition) ?? []
      const held = claim === undefined ? trust.includes(refused.condition) : trust.includes(`:${claim}\``)
      return held ? [] : [attack]
    })
    expect(waiting).toEqual([
      'a tag that is named as the branch',
      'the plan role of another service',
      'a stack role takes an administrator',
    ])
  })

  test('canary: what nothing refuses is seen', () => {
    const attack = { attack: 'x', makes: 'y' }
    expect(unrefused({ ...attack, refused: { by: 'code', file: 'test/none.test.ts', test: 'x' } })).toBeDefined()
    expect(unrefused({ ...attack, refused: { by: 'code', file: 'test/attacks.test.ts', test: 'no such '.concat('title') } })).toBeDefined()
    expect(unrefused({ ...attack, refused: { by: 'github', line: 'no_such_setting' } })).toBeDefined()
  })
})

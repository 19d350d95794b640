import { expect, test } from '@jest/globals'
import type { Run } from '../workflows/engine.ts'
import { follow } from './follow.ts'
import { stepsOf } from './page.ts'
import type { Reader } from './reader.ts'

/** A terminal in which `false` fails and all else prints itself. */
const reader: Reader = {
  run: async (script) => ({ code: script.includes('false') ? 1 : 0, printed: script }),
  write: async () => {},
  where: async () => '/work',
}
const run: Run = { code: 0, steps: [], lines: [], summaries: [], printed: '', text: '' }
/** A GitHub where only `bad.yml` fails. */
const github = {
  happens: async (_: string, caller: string) => ({ run: { ...run, code: caller === 'bad.yml' ? 1 : 0 }, shown: 'shown on GitHub' }),
}

const block = (info: string, ...lines: readonly string[]): string => ['```'.concat(info), ...lines, '```'].join('\n')
const on = (caller: string): string => `<!-- on GitHub: push .github/workflows/${caller} -->`
const page = (...parts: readonly string[]) => follow(stepsOf(parts.join('\n')), reader, github)

test('a page that does what it says is followed to its end', async () => {
  await page(
    block('sh', 'echo'),
    block('text', 'echo'),
    on('good.yml'),
    block('text', '… on GitHub'),
    on('bad.yml').replace(' -->', ', and it fails -->'),
  )
})

test.each([
  ['a command that fails', [block('sh', 'false')], 'line 1: a command ended with 1'],
  ['a line that is not printed', [block('sh', 'echo'), block('text', 'ehco')], "line 4: nothing printed 'ehco'"],
  [
    'a line that was printed by something before',
    [block('sh', 'one'), block('sh', 'two'), block('text', 'one')],
    "line 7: nothing printed 'one'",
  ],
  ['a workflow that fails', [on('bad.yml')], 'line 1: the run ended red'],
  ['a workflow that ought to fail', [on('good.yml').replace(' -->', ', and it fails -->')], 'line 1: the run ended green'],
])('%s is found', async (_, parts, message) => {
  await expect(page(...parts)).rejects.toThrow(message)
})

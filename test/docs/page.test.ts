import { describe, expect, test } from '@jest/globals'
import { missingLine, stepsOf } from './page.ts'

describe('a page of documentation', () => {
  test('is its commands, its files and what the commands print, in their order', () => {
    const page = [
      'Words.',
      '```sh',
      'towpath validate',
      '```',
      '```text',
      'no problem …',
      '```',
      '```yaml file=a/b.yml',
      'a: 1',
      '```',
      '<!-- on GitHub: push .github/workflows/service.yml, and it fails -->',
      '<!-- on GitHub: workflow_dispatch .github/workflows/rollback.yml -->',
    ].join('\n')
    expect(stepsOf(page)).toEqual([
      { kind: 'run', line: 2, script: 'towpath validate' },
      { kind: 'expect', line: 5, lines: ['no problem …'] },
      { kind: 'write', line: 8, file: 'a/b.yml', content: 'a: 1\n' },
      { kind: 'github', line: 11, event: 'push', caller: 'service.yml', fails: true },
      { kind: 'github', line: 12, event: 'workflow_dispatch', caller: 'rollback.yml', fails: false },
    ])
  })

  test.each([
    ['```bash\nls\n```', "'bash' that no test runs"],
    ['```\nls\n```', "'' that no test runs"],
    ['```yaml\na: 1\n```', "'yaml' that no test runs"],
    ['```sh\nls', 'never ends'],
    ['- so:\n  ```sh\n  ls\n  ```', 'begins at the left'],
    ['~~~sh\nls\n~~~', 'with backticks'],
    ['<!-- on GitHub: pull .github/workflows/plan.yml -->', 'a comment that no test runs'],
    ['<!-- push .github/workflows/plan.yml -->', 'a comment that no test runs'],
  ])('may hold nothing that no test runs: %j', (page, message) => {
    expect(() => stepsOf(page)).toThrow(message)
  })
})

describe('what a page promises to be printed', () => {
  const printed = 'begins\ndeployment 4 of greeter began\n\ndeployment 4 succeeded: release 5c06\n'

  test.each([
    [['begins', '…', 'deployment 4 succeeded: release …'], undefined],
    [['deployment … of greeter began'], undefined],
    [['deployment 4 succeeded'], 'deployment 4 succeeded'],
    [['deployment 4 succeeded: …', 'begins'], 'begins'],
    [['.*'], '.*'],
  ])('%j: what is missing is %s', (wanted, missing) => {
    expect(missingLine(wanted, printed)).toBe(missing)
  })
})

import { expect, test } from '@jest/globals'
import { rolloutLines } from '../../src/render/deployed.ts'

const hosts = Array.from({ length: 20 }, (_, index) => ({ name: `web-${index + 1}`, outcome: index < 2 ? 'succeeded' : 'failed' }) as const)
const revision = { bucket: 'acme', key: 'revisions/delivery/one.zip' }

test('a failure on many hosts is told once, in at most 15 lines, with nothing that moves a cursor', () => {
  const failure = (script: string) => ({
    ...{ hosts: hosts.slice(2).map(({ name }) => name), event: 'AfterInstall', code: 'ScriptFailed', script, exitCode: 2, message: '' },
    log: Array.from({ length: 40 }, (_, line) => `line ${line} \u001b[31m`),
  })
  const diagnosis = { cause: 'it broke', hint: '', failures: ['a', 'b', 'c', 'd'].map(failure) }
  const restored = { id: 'd-2', outcome: 'succeeded', revision } as const
  const lines = rolloutLines({ id: 'd-1', revision, hosts, partial: true, diagnosis, restored })
  expect(lines.length).toBeLessThanOrEqual(15)
  expect(lines[0]).toBe('code: deployment d-1 succeeded on web-1, web-2; failed on web-3, web-4, web-5, web-6 and 14 more (partial)')
  expect(lines[1]).toBe('  web-3, web-4, web-5, web-6 and 14 more, AfterInstall: a ended with exit code 2')
  expect(lines).toContain('    | line 39 \\u001b[31m')
  expect(lines.slice(-2)).toEqual(['  and 2 more causes', '  CodeDeploy rolled back with deployment d-2, which succeeded'])
})

test('a success is one line', () => {
  expect(rolloutLines({ id: 'd-1', revision, hosts: hosts.slice(0, 2) })).toEqual(['code: deployment d-1 succeeded on web-1, web-2'])
})

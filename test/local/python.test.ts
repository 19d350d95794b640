import { describe, expect, test } from '@jest/globals'
import { choose } from '../../scripts/python.mjs'

function python(version: string, command = 'python3', lacks = '') {
  return { command, version, lacks }
}

describe('the interpreter of the local AWS', () => {
  test('is the first that is recent enough', () => {
    expect(choose([python('3.9.18', 'python'), python('3.11.0', 'python3.11'), python('3.13.1')]).command).toBe('python3.11')
    expect(choose([python('4.0.0')]).version).toBe('4.0.0')
  })

  test('is not one that cannot make an environment, if there is another', () => {
    expect(choose([python('3.13.1', 'python3.13', 'ensurepip'), python('3.11.2')]).version).toBe('3.11.2')
  })

  test.each([
    [[], 'no Python 3.11 or later on PATH (there is none): install one, with its venv module'],
    [[python('3.9.18')], 'no Python 3.11 or later on PATH (python3 is 3.9.18): install one, with its venv module'],
    [
      [python('3.12.4', 'python3.12', 'venv ensurepip')],
      'python3.12 (3.12.4) comes without venv and ensurepip: install python3.12-venv, or a complete Python',
    ],
  ])('is asked for in one line, with exit code 2: %j', (found, message) => {
    expect(() => choose(found)).toThrow(expect.objectContaining({ message, exitCode: 2 }))
  })
})

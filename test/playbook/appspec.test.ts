import { describe, expect, test } from '@jest/globals'
import { plainAppSpec, printAppSpec, readAppSpec } from '../../src/playbook/appspec.ts'
import { inspected, told } from './support.ts'

const head = 'version: 0.0\nos: linux\n'
const read = (text: string) => readAppSpec(Buffer.from(text), 'appspec.yml')

describe('the AppSpec of a bundle', () => {
  test('runs the hook in two events, and in those for which a task has the tag', () => {
    expect(printAppSpec(plainAppSpec, new Set(['stop', 'never']))).toBe(
      [
        'version: 0.0',
        'os: linux',
        'hooks:',
        ...['ApplicationStop', 'BeforeInstall', 'AfterInstall'].flatMap((event) => [
          `  ${event}:`,
          '    - location: "towpath/hook"',
          '      timeout: 1800',
        ]),
        '',
      ].join('\n'),
    )
  })

  test('runs it in every event where only the host knows the tags', () => {
    expect(printAppSpec(plainAppSpec, new Set(['{{ tag }}'])).match(/towpath\/hook/g)).toHaveLength(5)
  })

  test("has the service's scripts after ours, its files and its permissions", () => {
    const { appspec, problems } = read(
      `${head}files: [{ source: artefact/site, destination: /srv/site }]\nhooks:\n  AfterInstall:\n    - { location: artefact/check.sh, timeout: 60, runas: nobody }\n`,
    )
    expect(problems).toEqual([])
    const text = printAppSpec(appspec, new Set())
    expect(text).toContain('files: [{"source":"artefact/site","destination":"/srv/site"}]\n')
    expect(text).toMatch(/AfterInstall:\n.*hook"\n.*1800\n {4}- location: "artefact\/check.sh"\n {6}timeout: 60\n {6}runas: "nobody"\n$/)
  })
})

describe("an AppSpec of the service's own", () => {
  test.each([
    [
      `${head}hooks:\n  ValidateServce:\n    - location: artefact/a.sh\n`,
      "appspec.yml:4: hooks: unknown event 'ValidateServce' — did you mean 'ValidateService'?",
    ],
    [
      `${head}hooks:\n  Install:\n    - location: artefact/a.sh\n`,
      "appspec.yml:4: hooks: no script can hook into 'Install', which is the agent's own",
    ],
    [
      `${head}hooks:\n  AfterInstall:\n    - location: a.sh\n`,
      "appspec.yml:5: hooks.AfterInstall: the script 'a.sh' is not in the artefact",
    ],
    [
      `${head}hooks:\n  AfterInstall:\n    - location: artefact/../../a.sh\n`,
      "hooks.AfterInstall: the script 'artefact/../../a.sh' is not in the artefact",
    ],
    [`${head}hooks:\n  AfterInstall:\n    - timeout: 5\n`, "appspec.yml:5: hooks.AfterInstall: a script without 'location'"],
    [
      `${head}hooks:\n  AfterInstall: artefact/a.sh\n`,
      "appspec.yml:4: hooks.AfterInstall: expected a list of scripts, got 'artefact/a.sh'",
    ],
    [
      `${head}hooks:\n  AfterInstall:\n    - { location: artefact/a.sh, timeout: 1801 }\n`,
      'hooks.AfterInstall: the timeouts add up to 1801 s — an event has 1800 s',
    ],
    [`${head}hook: {}\n`, "appspec.yml:3: unknown key 'hook' — did you mean 'hooks'?"],
    ['version: 1.0\nos: linux\n', "appspec.yml:1: version: expected 0.0, got '1.0'"],
    ['version: 0.0\n', "appspec.yml:1: missing key 'os'"],
    ['', 'appspec.yml:1: the AppSpec is empty'],
    ['- a\n', 'appspec.yml:1: an AppSpec is a map, got a list'],
    ['version: [\n', 'cannot be read'],
  ])('is refused: %j', (text, message) => {
    expect(told(read(text)).join('\n')).toContain(message)
  })

  test('is told with all else that is wrong', async () => {
    const found = told(
      await inspected({ 'ansible/appspec.yml': 'version: 0.0\nos: linux\nhooks: { ValidateServce: [] }\n', 'ansible/playbook.yml': '' }),
    )
    expect(new Set(found.map((line) => line.split(':')[0]))).toEqual(new Set(['/s/ansible/playbook.yml', '/s/ansible/appspec.yml']))
  })
})

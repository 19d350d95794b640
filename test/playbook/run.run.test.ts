import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { ensureAnsible } from '../../scripts/python.mjs'
import runAnsible from '../../src/commands/run-ansible.ts'
import { TowpathError } from '../../src/errors.ts'
import { realWorld } from '../../src/hosts/world.ts'
import { until } from '../support/until.ts'

let python: string
let folder: string
let lines: string[]
beforeAll(async () => {
  python = await ensureAnsible(resolve(import.meta.dirname, '../..'), { say: (line: string) => void process.stderr.write(`${line}\n`) })
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  lines = []
})
afterEach(() => rm(folder, { recursive: true }))

const here = () => `here ansible_connection=local ansible_python_interpreter=${python}`

interface Ran {
  readonly outputs: Readonly<Record<string, unknown>>
  readonly error: TowpathError | undefined
}

/** Runs a playbook, with files beside it, on the hosts of an inventory. */
async function ran(
  playbook: string,
  files: Readonly<Record<string, string>> = {},
  over: Partial<Parameters<typeof runAnsible.run>[0]> & { readonly interrupted?: AbortSignal } = {},
): Promise<Ran> {
  for (const [name, text] of Object.entries({ 'site.yml': playbook, 'hosts.ini': `${here()}\n`, ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const { interrupted = new AbortController().signal, ...inputs } = over
  const log = { info: (text: string) => void lines.push(text), warn() {}, progress() {} }
  const world = realWorld({ log, interrupted, region: undefined })
  const given = {
    playbook: join(folder, 'site.yml'),
    inventory: join(folder, 'hosts.ini'),
    check: false,
    'vault-password-file': undefined,
    'accept-unknown-hosts': false,
    python,
    ...inputs,
  }
  try {
    return { outputs: await runAnsible.run(given, world), error: undefined }
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error
    return { outputs: error.outputs ?? {}, error }
  }
}

const told = ({ error }: Ran): readonly string[] =>
  (error?.problems ?? []).map(({ file, line, message }) => `${file.replace(`${folder}/`, '')}:${line}: ${message}`)

const play = (...tasks: readonly string[]) =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.map((task) => `    - ${task}\n`).join('')}`

test('a run counts its hosts, and tells its tasks as they end', async () => {
  const text = play(`{ name: write, ansible.builtin.copy: { content: x, dest: ${'"{{ playbook_dir }}/out"'}, mode: "0644" } }`)
  const first = await ran(text)
  expect(first.outputs).toMatchObject({
    changed: 1,
    failed: 0,
    unreachable: 0,
    hosts: [{ host: 'here', outcome: 'ok', ok: 1, changed: 1 }],
  })
  expect(lines).toEqual([expect.stringMatching(/^here +changed +write$/)])
  expect((await ran(text)).outputs).toMatchObject({ changed: 0 })
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('towpath-runner-'))).toEqual([])
})

test('a check changes nothing', async () => {
  const text = play(`{ name: write, ansible.builtin.copy: { content: x, dest: ${'"{{ playbook_dir }}/out"'}, mode: "0644" } }`)
  expect((await ran(text, {}, { check: true })).outputs).toMatchObject({ changed: 1 })
  expect(await readdir(folder)).not.toContain('out')
})

describe('a failure', () => {
  test('has its role, task, file and line, host and message; failed and unreachable hosts are told apart', async () => {
    const files = {
      'hosts.ini': `${here()}\naway ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1\n`,
      'roles/web/tasks/main.yml': '- name: break\n  ansible.builtin.fail: { msg: no disk }\n',
    }
    const result = await ran('- hosts: all\n  gather_facts: false\n  pre_tasks: [{ ping: {} }]\n  roles: [web]\n', files)
    expect(result.error).toMatchObject({ code: 'failed' })
    expect(result.outputs).toMatchObject({ failed: 1, unreachable: 1 })
    expect(told(result)).toContain("roles/web/tasks/main.yml:1: 'web : break' failed on here: no disk")
  })

  test('of a host that cannot be reached is no failed task', async () => {
    const files = { 'hosts.ini': 'away ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1\n' }
    const result = await ran(play('{ name: reach, ping: {} }'), files)
    expect(result.outputs).toMatchObject({ failed: 0, unreachable: 1 })
    expect(told(result)).toEqual([expect.stringMatching(/^site.yml:4: away is unreachable: /)])
  })

  test('that is ignored or rescued is none', async () => {
    const text = play(
      '{ name: ignored, ansible.builtin.fail: { msg: a }, ignore_errors: true }',
      '{ block: [{ name: rescued, ansible.builtin.fail: { msg: b } }], rescue: [{ ansible.builtin.debug: { msg: c } }] }',
    )
    expect(await ran(text)).toMatchObject({ error: undefined, outputs: { failed: 0, hosts: [{ ignored: 1, rescued: 1 }] } })
  })

  test('after a rescued one is told alone', async () => {
    const text = play(
      '{ block: [{ name: rescued, ansible.builtin.fail: { msg: b } }], rescue: [{ ansible.builtin.debug: { msg: c } }] }',
      '{ name: real, ansible.builtin.fail: { msg: d } }',
    )
    expect(told(await ran(text))).toEqual(["site.yml:5: 'real' failed on here: d"])
  })

  test('in a secret task keeps the secret', async () => {
    const result = await ran(play('{ name: quiet, ansible.builtin.command: "sh -c \\"echo s3cret; exit 1\\"", no_log: true }'))
    expect(result.error?.code).toBe('failed')
    expect(JSON.stringify([told(result), lines])).not.toContain('s3cret')
  })
})

describe('bad input', () => {
  test('a playbook that does not parse, at its place, and nothing is run', async () => {
    const result = await ran('- hosts: [\n')
    expect(result.error?.code).toBe('bad-input')
    expect(told(result)).toEqual([expect.stringMatching(/^site.yml:2: YAML parsing failed/)])
  })

  test('arguments that a role does not take, each by itself', async () => {
    const files = {
      'roles/web/meta/argument_specs.yml':
        'argument_specs: { main: { options: { port: { type: int, required: true }, level: { choices: [a, b] } } } }\n',
      'roles/web/tasks/main.yml': '[]\n',
    }
    const result = await ran('- hosts: all\n  gather_facts: false\n  roles: [{ role: web, level: loud }]\n', files)
    expect(result.error?.code).toBe('bad-input')
    expect(told(result)).toEqual([
      expect.stringContaining('role web on here: missing required arguments: port'),
      expect.stringContaining('role web on here: value of level must be one of: a, b, got: loud'),
    ])
  })

  test('files that are not there', async () => {
    expect((await ran(play(), {}, { playbook: '/nowhere.yml' })).error).toMatchObject({ code: 'bad-input' })
    expect((await ran(play(), {}, { inventory: '/nowhere.ini' })).error).toMatchObject({ code: 'bad-input' })
  })

  test('a Python without Ansible says what to do', async () => {
    expect((await ran(play('{ ping: {} }'), {}, { python: '/usr/bin/python3' })).error).toMatchObject({ code: 'unsupported' })
    expect((await ran(play('{ ping: {} }'), {}, { python: '/nowhere/python3' })).error).toMatchObject({ code: 'unsupported' })
  })
})

test('an encrypted variable is read with the password of a file, which is no argument of anything', async () => {
  await writeFile(join(folder, 'password'), 'p4ss\n')
  await writeFile(join(folder, 'secret.yml'), 'word: hidden\n')
  const vault = ['-m', 'ansible', 'vault', 'encrypt', '--vault-password-file', join(folder, 'password'), join(folder, 'secret.yml')]
  execFileSync(python, vault, { stdio: 'ignore' })
  const text = `- hosts: all\n  gather_facts: false\n  vars_files: [secret.yml]\n  tasks:\n    - name: look\n      ansible.builtin.shell: "ps -ef > {{ playbook_dir }}/ps; test {{ word }} = hidden"\n`
  const result = await ran(text, {}, { 'vault-password-file': join(folder, 'password') })
  expect(result.error).toBeUndefined()
  const processes = await readFile(join(folder, 'ps'), 'utf8')
  expect(processes).toContain('site.yml')
  expect(processes).not.toContain('p4ss')
})

test('an interrupt stops it, and leaves nothing behind', async () => {
  const interrupt = new AbortController()
  const begun = '{ name: begin, ansible.builtin.copy: { content: x, dest: "{{ playbook_dir }}/begun", mode: "0644" } }'
  const wait = '{ name: wait, ansible.builtin.command: sleep 60 }'
  const never = '{ name: never, ansible.builtin.copy: { content: x, dest: "{{ playbook_dir }}/never", mode: "0644" } }'
  const running = ran(play(begun, wait, never), {}, { interrupted: interrupt.signal })
  await until('the first task ended', () => lines.length > 0)
  interrupt.abort()
  expect((await running).error).toMatchObject({ code: 'interrupted' })
  expect(await readdir(folder)).not.toContain('never')
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('towpath-runner-'))).toEqual([])
})

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { ensureAnsible } from '../../scripts/python.mjs'
import { hostFiles } from '../../src/playbook/host-files.ts'
import { layout } from '../../src/playbook/layout.ts'
import { archiver } from './support.ts'

let runtime: string
let folder: string
let bundle: string

beforeAll(async () => {
  const python = await ensureAnsible(resolve(import.meta.dirname, '../..'), {
    say: (line: string) => void process.stderr.write(`${line}\n`),
  })
  runtime = dirname(dirname(python))
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  bundle = join(folder, 'archive')
  await write({
    [layout.hook]: hostFiles.hook,
    [layout.program]: hostFiles.program,
    [layout.callback]: hostFiles.callback,
    [layout.facts]: JSON.stringify({
      service: 'greeter',
      platform: { name: 'acme', version: '1.0.0' },
      playbooks: ['platform/ansible/platform.yml', 'service/ansible/playbook.yml'],
    }),
    'platform/ansible/platform.yml': aPlay('common'),
    'platform/ansible/roles/common/tasks/main.yml': [
      '- name: say it',
      '  ansible.builtin.copy: { content: "{{ word }} {{ towpath_service }}", dest: "{{ towpath_root }}/etc/word", mode: "0644" }',
      '',
    ].join('\n'),
    'service/ansible/playbook.yml': aPlay('web'),
    'service/ansible/roles/web/tasks/main.yml': '[]\n',
    [layout.variables]: '{"word":"hello"}',
  })
  await chmod(join(bundle, layout.hook), 0o755)
  await mkdir(join(folder, 'root/etc'), { recursive: true })
})
afterEach(() => rm(folder, { recursive: true }))

const aPlay = (role: string) => `- hosts: all\n  gather_facts: false\n  roles: [${role}]\n`

/** Puts files into the bundle. */
async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(bundle, name)), { recursive: true })
    await writeFile(join(bundle, name), content)
  }
}

interface Ran {
  readonly code: number
  readonly bytes: Buffer
  readonly text: string
}

/** Runs the hook as an agent does: from another folder, with hardly any environment. */
function hook(event: string, environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const env = {
    PATH: '/usr/bin:/bin',
    LIFECYCLE_EVENT: event,
    DEPLOYMENT_ID: 'd-ABC',
    TOWPATH_HOST_ROOT: join(folder, 'root'),
    TOWPATH_RUNTIME: runtime,
    ANSIBLE_STDOUT_CALLBACK: 'nothing_like_it',
    ...environment,
  }
  return new Promise((done) => {
    execFile(join(bundle, layout.hook), { env, cwd: '/', encoding: 'buffer' }, (error, bytes) => {
      done({ code: error ? Number(error.code) : 0, bytes, text: bytes.toString() })
    })
  })
}

const word = () => readFile(join(folder, 'root/etc/word'), 'utf8')
const fails = (message: string) => `- name: fails\n  ansible.builtin.fail: { msg: ${JSON.stringify(message)} }\n`

describe('on a host', () => {
  test('the playbooks run with the variables; the second run changes nothing; the whole log stays', async () => {
    const first = await hook('AfterInstall')
    expect(first.text).toMatch(
      /^towpath: AfterInstall: 1 tasks, 1 changed, in [\d.]+ s\n {2}log {6}.*\/var\/log\/towpath\/d-ABC-AfterInstall.log\n$/,
    )
    expect(await word()).toBe('hello greeter')
    const second = await hook('AfterInstall')
    expect(second.text).toContain('1 tasks, 0 changed')
    expect(await readFile(join(folder, 'root/var/log/towpath/d-ABC-AfterInstall.log'), 'utf8')).toMatch(/PLAY RECAP[\s\S]*PLAY RECAP/)
    expect((await readdir(tmpdir())).filter((name) => /^towpath-[a-z0-9_]{8}$/.test(name))).toEqual([])
  })

  test('what the host has to itself is stronger than what all are given', async () => {
    await mkdir(join(folder, 'root/etc/towpath'))
    await writeFile(join(folder, 'root/etc/towpath/host.json'), '{"word":"mine","towpath_service":"not mine"}')
    await hook('AfterInstall')
    expect(await word()).toBe('mine greeter')
  })

  test('the artefact is unpacked before files are copied, with the right to run, and once', async () => {
    const member = {
      name: 'bin/app',
      bytes: 3,
      executable: true,
      open: async function* () {
        yield Buffer.from('app')
      },
    }
    await write({ [layout.artefact]: Buffer.concat(await Array.fromAsync(archiver.zip([member]))) })
    expect((await hook('BeforeInstall')).code).toBe(0)
    const app = join(bundle, 'artefact/bin/app')
    expect(await readFile(app, 'utf8')).toBe('app')
    await writeFile(app, 'touched')
    expect((await hook('BeforeInstall')).code).toBe(0)
    expect(await readFile(app, 'utf8')).toBe('touched')
  })

  test("a failure says role, task, the platform's place and message", async () => {
    await write({ 'platform/ansible/roles/common/tasks/main.yml': fails('no disk') })
    const { code, text } = await hook('AfterInstall')
    expect(code).toBe(2)
    expect(text.split('\n').map((line) => line.trimEnd())).toEqual([
      'towpath: AfterInstall failed after 0 tasks',
      '  role     common',
      '  task     fails',
      '  at       ansible/roles/common/tasks/main.yml:1 (platform acme 1.0.0)',
      '  message  no disk',
      `  log      ${join(folder, 'root/var/log/towpath/d-ABC-AfterInstall.log')}`,
      '',
    ])
  })

  test('what is printed is short, clean and wrapped, whatever a task says', async () => {
    await write({
      'service/ansible/roles/web/tasks/main.yml': fails(`\u001b[31mred\u001b[0m \u0007 ${'é'.repeat(3_000)} ${'x y '.repeat(2_000)}`),
    })
    const { bytes, text } = await hook('AfterInstall')
    expect(bytes.length).toBeLessThanOrEqual(1_500)
    expect(Buffer.from(text).equals(bytes)).toBe(true)
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(200)
    expect(text).toMatch(/at {7}ansible\/roles\/web\/tasks\/main.yml:1\n/)
    expect(text.trimEnd().split('\n').at(-1)).toContain('d-ABC-AfterInstall.log')
  })

  test('a task without a log keeps its secret', async () => {
    await write({
      'service/ansible/roles/web/tasks/main.yml':
        '- name: quiet\n  ansible.builtin.command: /bin/sh -c "echo s3cret; exit 1"\n  no_log: true\n',
    })
    const { code, text } = await hook('AfterInstall')
    expect(code).toBe(2)
    expect(text).not.toContain('s3cret')
    expect(await readFile(join(folder, 'root/var/log/towpath/d-ABC-AfterInstall.log'), 'utf8')).not.toContain('s3cret')
  })

  test('a playbook that Ansible cannot read is told with its place', async () => {
    await write({ 'platform/ansible/platform.yml': '- hosts: [\n' })
    const { code, text } = await hook('AfterInstall')
    expect(code).not.toBe(0)
    expect(text).toMatch(/message {2}.*YAML parsing failed/)
    expect(text).toContain('platform/ansible/platform.yml:2')
  })

  test('a daemon that a task leaves behind does not keep the agent waiting', async () => {
    const pid = join(folder, 'pid')
    await write({
      'service/ansible/roles/web/tasks/main.yml': `- ansible.builtin.shell: "sleep 60 </dev/null >/dev/null 2>&1 & echo $! > ${pid}"\n`,
    })
    const { code } = await hook('AfterInstall')
    expect(code).toBe(0)
    // Whoever waited for it would find it gone.
    expect(process.kill(Number(await readFile(pid, 'utf8')))).toBe(true)
  })
})

describe('events with a tag', () => {
  const tagged = (tag: string, task: string) => `- name: ${tag} it\n  ${task}\n  tags: [never, ${tag}]\n`

  test.each([
    ['ApplicationStart', 'start'],
    ['ValidateService', 'validate'],
    ['ApplicationStop', 'stop'],
  ])('%s runs the tasks with the tag %s and no others', async (event, tag) => {
    const task = `ansible.builtin.copy: { content: ${tag}, dest: "{{ towpath_root }}/etc/${tag}", mode: "0644" }`
    await write({ 'service/ansible/roles/web/tasks/main.yml': tagged(tag, task) })
    expect((await hook(event)).code).toBe(0)
    expect(await readFile(join(folder, `root/etc/${tag}`), 'utf8')).toBe(tag)
    expect(existsSync(join(folder, 'root/etc/word'))).toBe(false)
  })

  test('a stop that fails is told, and does not keep the next revision away', async () => {
    await write({ 'service/ansible/roles/web/tasks/main.yml': tagged('stop', 'ansible.builtin.fail: { msg: it hangs }') })
    const { code, text } = await hook('ApplicationStop')
    expect(code).toBe(0)
    expect(text).toContain('message  it hangs')
    expect(text).toContain('could not be stopped')
  })

  test.each([
    ['playbooks that were never installed', layout.facts],
    ['variables that never came', layout.variables],
  ])('a stop is safe with %s', async (_, file) => {
    await rm(join(bundle, file))
    expect((await hook('ApplicationStop')).code).toBe(0)
  })

  test('a stop is safe on a host without Ansible, where all else says what to do', async () => {
    const bare = { TOWPATH_RUNTIME: join(folder, 'nowhere') }
    expect((await hook('ApplicationStop', bare)).code).toBe(0)
    const { code, text } = await hook('AfterInstall', bare)
    expect(code).toBe(1)
    expect(text).toContain('this host has none')
    expect(text).toContain("install the platform's runtime")
  })
})

import { execFileSync, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ensureAnsible, ensureAnsibleLint } from '../../scripts/python.mjs'
import { aBundle, aHost, freePort, type Host } from '../playbook/host.ts'

const root = resolve(import.meta.dirname, '../..')
const platform = join(root, 'platform')
const clock = join(root, 'examples/clock')
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const variables = { service_command: 'python3 clock.py', service_port: 8080 }

let runtime: string
let work: string
beforeAll(async () => {
  runtime = dirname(dirname(await ensureAnsible(root, { say })))
  work = await mkdtemp(join(tmpdir(), 'towpath-test-'))
})
afterAll(() => rm(work, { recursive: true }))

describe('a service on instances, with the roles of the starter platform', () => {
  let host: Host
  let port: number
  beforeAll(async () => {
    port = await freePort()
    host = await aHost(runtime, { service_port: port })
    await host.install(await aBundle(platform, clock, variables), variables)
  })
  afterAll(async () => {
    await host.hook('ApplicationStop')
    await host.remove()
  })

  /** What the service answers; undefined if it does not. */
  const answer = async (): Promise<unknown> => {
    const reply = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    return reply && (await reply.json())
  }

  test('is configured offline, and the second run changes nothing', async () => {
    const before = await host.hook('BeforeInstall')
    expect(before).toEqual({ code: 0, text: '' })
    expect((await host.hook('AfterInstall')).text).toMatch(/AfterInstall: \d+ tasks, [1-9]\d* changed/)
    expect((await host.hook('AfterInstall')).text).toMatch(/AfterInstall: \d+ tasks, 0 changed/)
    expect(await readFile(join(host.root, 'etc/motd'), 'utf8')).toContain('This host runs clock.')
  })

  test('starts once, answers, and is found healthy', async () => {
    expect((await host.hook('ApplicationStart')).text).toMatch(/ApplicationStart: \d+ tasks, 1 changed/)
    expect((await host.hook('ApplicationStart')).text).toMatch(/ApplicationStart: \d+ tasks, 0 changed/)
    expect(await host.hook('ValidateService')).toMatchObject({ code: 0 })
    expect(await answer()).toMatchObject({ service: 'clock', zone: 'UTC' })
  })

  test('runs the next artefact after it was stopped and started again', async () => {
    const service = join(work, 'clock')
    await cp(clock, service, { recursive: true })
    const program = join(service, 'src/clock.py')
    await writeFile(program, (await readFile(program, 'utf8')).replace('"zone": ZONE', '"zone": "next"'))
    expect((await host.hook('ApplicationStop')).text).toMatch(/ApplicationStop: \d+ tasks, 1 changed/)
    expect(await answer()).toBeUndefined()
    await host.install(await aBundle(platform, service, variables), variables)
    for (const event of ['BeforeInstall', 'AfterInstall', 'ApplicationStart', 'ValidateService'])
      expect({ event, ...(await host.hook(event)) }).toMatchObject({ event, code: 0 })
    expect(await answer()).toMatchObject({ zone: 'next' })
  })
})

const hasNginx = spawnSync('nginx', ['-v']).error === undefined

describe('the role nginx', () => {
  test('writes a configuration, and the second run changes nothing', async () => {
    const service = join(work, 'proxied')
    await cp(clock, service, { recursive: true })
    await mkdir(join(service, 'ansible'))
    await writeFile(join(service, 'ansible/playbook.yml'), '- hosts: all\n  gather_facts: false\n  roles: [nginx]\n')
    const host = await aHost(runtime)
    try {
      await host.install(await aBundle(platform, service, { ...variables, nginx_listen: 8081 }), { ...variables, nginx_listen: 8081 })
      expect(await host.hook('AfterInstall')).toMatchObject({ code: 0 })
      expect((await host.hook('AfterInstall')).text).toMatch(/ 0 changed/)
      const site = await readFile(join(host.root, 'etc/nginx/conf.d/clock.conf'), 'utf8')
      expect(site).toContain('listen 8081;')
      expect(site).toContain('proxy_pass http://127.0.0.1:8080;')
      if (hasNginx) execFileSync('nginx', ['-t', '-c', join(host.root, 'etc/nginx/nginx.conf')])
    } finally {
      await host.remove()
    }
  })

  const withNginx = hasNginx ? test : test.skip
  withNginx('writes a configuration that nginx takes', () => {})
})

test('ansible-lint has nothing to say of the starter platform, and says something of a wrong role', async () => {
  const python = await ensureAnsibleLint(root, { say })
  const bin = join(work, 'bin')
  // The programs of an environment that was moved do not start by themselves.
  for (const program of ['ansible', 'ansible-config', 'ansible-playbook', 'ansible-galaxy', 'ansible-doc']) {
    const verb = program.replace(/^ansible-?/, '')
    await mkdir(bin, { recursive: true })
    await writeFile(join(bin, program), `#!/bin/sh\nexec ${python} -m ansible ${verb || 'adhoc'} "$@"\n`, { mode: 0o755 })
  }
  const lint = (folder: string) =>
    spawnSync(python, ['-m', 'ansiblelint', '--offline', '--nocolor', '-q', 'ansible'], {
      cwd: folder,
      env: { PATH: `${bin}:/usr/bin:/bin`, HOME: work, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    })
  const copied = join(work, 'platform')
  await cp(platform, copied, { recursive: true })
  const found = lint(copied)
  expect({ status: found.status, said: found.stdout }).toEqual({ status: 0, said: '' })
  await writeFile(join(copied, 'ansible/roles/common/tasks/main.yml'), '- shell: date\n')
  expect(lint(copied).stdout).toContain('name[missing]')
})

import { describe, expect, test } from '@jest/globals'
import { aPlatform, inspected, placeAt, someVariables, told } from './support.ts'

const port = { service_port: 8080 }

describe('a playbook', () => {
  test("of the platform comes first, the service's own after it", async () => {
    const { playbooks, problems } = await inspected({
      'ansible/playbook.yml': '- hosts: all\n  roles: [web]\n',
      'ansible/roles/web/tasks/main.yml': '[]\n',
    })
    expect(problems).toEqual([])
    expect(playbooks).toEqual([
      { side: 'platform', path: 'ansible/platform.yml' },
      { side: 'service', path: 'ansible/playbook.yml' },
    ])
  })

  test('is missing on both sides', async () => {
    expect(told(await inspected({}, { playbook: null, platform: {}, variables: new Map() }))).toEqual([
      "/s/service.yml:3: there is no playbook: the blueprint names none, and the service has none — write ansible/playbook.yml, or let the blueprint name one of the platform's",
    ])
  })

  test('that the blueprint names and the platform has not', async () => {
    expect(told(await inspected({}, { playbook: 'ansible/platfrom.yml', variables: new Map() }))[0]).toBe(
      "/s/service.yml:3: the platform has no playbook 'ansible/platfrom.yml', which platform.yml (1.0.0) names — did you mean 'ansible/platform.yml'?",
    )
  })

  test.each([
    ['cannot be read', '- hosts: [all\n', /^\/s\/ansible\/playbook.yml:\d: cannot be read/],
    ['is empty', '---\n', /playbook.yml:1: the playbook is empty/],
    ['is a map', 'hosts: all\n', /playbook.yml:1: a playbook is a list of plays, got a map/],
    ['has a play that is none', '- all\n', /playbook.yml:1: a play is a map, got 'all'/],
    ['has a play without hosts', '- roles: [common]\n', /playbook.yml:1: a play without 'hosts'/],
    ['imports what is not there', '- import_playbook: base.yml\n', /playbook.yml:1: there is no playbook 'ansible\/base.yml' to import/],
    ['imports itself', '- import_playbook: playbook.yml\n', /playbook.yml:1: the playbook 'playbook.yml' imports itself/],
  ])('that %s is refused at its line', async (_, text, message) => {
    const [first = ''] = told(await inspected({ 'ansible/playbook.yml': text }))
    expect(first).toMatch(message)
  })

  test("takes Ansible's own YAML: tags, merge keys, templates", async () => {
    const text = '- hosts: all\n  vars: &v { a: !vault x, b: !unsafe "{{" }\n- hosts: all\n  vars: { <<: *v }\n  roles: ["{{ which }}"]\n'
    expect(told(await inspected({ 'ansible/playbook.yml': text }))).toEqual([])
  })
})

describe('a role that nothing has', () => {
  const web = { 'ansible/roles/web/tasks/main.yml': '[]\n' }
  test.each([
    ['in roles', { 'ansible/playbook.yml': '- hosts: all\n  roles:\n    - comon\n' }, '/s/ansible/playbook.yml:3'],
    ['as a map', { 'ansible/playbook.yml': '- hosts: all\n  roles:\n    - { role: comon, x: 1 }\n' }, '/s/ansible/playbook.yml:3'],
    ['in a task', { 'ansible/playbook.yml': '- hosts: all\n  tasks:\n    - include_role: { name: comon }\n' }, '/s/ansible/playbook.yml:3'],
    [
      'in a block',
      {
        'ansible/playbook.yml':
          '- hosts: all\n  tasks:\n    - block: []\n      rescue:\n        - ansible.builtin.import_role: { name: comon }\n',
      },
      '/s/ansible/playbook.yml:5',
    ],
    [
      'in the tasks of a role',
      { ...web, 'ansible/roles/web/tasks/main.yml': '- import_role:\n    name: comon\n' },
      '/s/ansible/roles/web/tasks/main.yml:2',
    ],
    [
      'among dependencies',
      { ...web, 'ansible/roles/web/meta/main.yml': 'dependencies:\n  - role: comon\n' },
      '/s/ansible/roles/web/meta/main.yml:2',
    ],
  ])('%s is told with the nearest name', async (_, service, at) => {
    expect(told(await inspected(service))).toEqual([
      `${at}: neither the platform nor the service has a role 'comon' — did you mean 'common'?`,
    ])
  })
})

describe('a role of both sides', () => {
  test("is the service's, and that is told", async () => {
    const { replaced } = await inspected({ 'ansible/roles/common/tasks/main.yml': '[]\n', 'ansible/roles/other/tasks/main.yml': '[]\n' })
    expect(replaced).toEqual(['common'])
  })
})

describe('variables', () => {
  test('that a role needs and nothing gives', async () => {
    expect(told(await inspected({}, { variables: new Map() }))).toEqual([
      "/s/service.yml:3: variables: role 'service' needs 'service_port', and nothing gives it a value — give it under variables; ansible/roles/service/meta/argument_specs.yml (1.0.0):4 says what it is",
    ])
  })

  test.each([
    ['the play', '- hosts: all\n  vars: { service_port: 1 }\n  roles: [service]\n'],
    ['the role item', '- hosts: all\n  roles: [{ role: service, service_port: 1 }]\n'],
    ['files that are read when the play runs', '- hosts: all\n  vars_files: [x.yml]\n  roles: [service]\n'],
  ])('are not missing where %s may give them', async (_, text) => {
    const platform = { ...aPlatform, 'ansible/platform.yml': text }
    expect(told(await inspected({}, { platform, variables: new Map() }))).toEqual([])
  })

  test("are not missing where the role's defaults have them", async () => {
    const platform = { ...aPlatform, 'ansible/roles/service/defaults/main.yml': 'service_port: 1\n' }
    expect(told(await inspected({}, { platform, variables: new Map() }))).toEqual([])
  })

  test.each([
    ['of a wrong type', { service_port: 'eighty' }, "variables: 'service_port' of role 'service' must be of type int, got 'eighty'"],
    ['a list for a number', { service_port: [1] }, "variables: 'service_port' of role 'service' must be of type int, got a list"],
    [
      'out of the choices',
      { ...port, service_level: 'loud' },
      "variables: 'service_level' of role 'service' must be one of debug, info, got 'loud'",
    ],
    [
      'misspelt',
      { ...port, service_levle: 'info' },
      "variables: no role and no playbook uses 'service_levle' — did you mean 'service_level'?",
    ],
    [
      'used by nobody',
      { ...port, colour: 'red' },
      "variables: no role and no playbook uses 'colour' — remove it, or use it in a role or a playbook",
    ],
    ['of the hook', { ...port, towpath_root: '/' }, "variables: 'towpath_root' is not a name that a descriptor can give"],
    ['with the name of a secret', { ...port, db_password: 'hunter2' }, "variables: the value of 'db_password' looks like a secret"],
    [
      'with the look of a secret',
      { ...port, service_level: 'AKIAIOSFODNN7EXAMPLE' },
      "variables: the value of 'service_level' looks like a secret",
    ],
  ])('%s are refused where they are given', async (_, values, message) => {
    const lines = told(await inspected({}, { variables: someVariables(values) }))
    expect(lines.filter((line) => line.includes(message))).toHaveLength(1)
    expect(lines[0]).toMatch(/^\/s\/service.yml:1[01]: /)
  })

  test.each([{ service_port: '8080' }, { ...port, service_level: 'info' }, { service_port: '{{ 1 }}' }])('%p are fine', async (values) => {
    expect(told(await inspected({}, { variables: someVariables(values) }))).toEqual([])
  })

  test('that are read when the release is applied are not judged by their value', async () => {
    const from = { kind: 'stack', stack: 'data', output: 'Port' } as const
    const variables = new Map([['service_port', { given: { from }, place: placeAt('/s/service.yml', 10) }]])
    expect(told(await inspected({}, { variables }))).toEqual([])
  })
})

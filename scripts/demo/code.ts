import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { edit } from './edit.ts'
import { ask, makeHosts, type Ports, showLogs } from './hosts.ts'
import type { Stage } from './stage.ts'
import type { Step } from './story.ts'
import { towpath } from './towpath.ts'

/** A playbook of the service's own, whose only task fails. */
const playbook = `- name: What only this service needs
  hosts: all
  gather_facts: false
  tasks:
    - name: Read the list of zones
      ansible.builtin.command: cat {{ towpath_root }}/etc/zones
      changed_when: false
`

/** A service that is not a function: from commit to answering on two hosts, a hook that breaks, and the way back. */
export function codeSteps(): readonly Step[] {
  let ports: Ports = new Map()
  return [
    {
      title: 'Put a service on two hosts',
      about:
        'clock follows the blueprint instances: the platform says by which roles of Ansible a host is set up, and CodeDeploy brings ' +
        'roles and code to the hosts, both at once. Each host is a folder, and runs all of it for real.',
      async run(stage) {
        ports = await makeHosts(stage)
        await towpath(stage, 'deploy --path clock --environment staging', {
          saying: [/deployment 1 succeeded/, /code: deployment d-\w+ succeeded on web-1, web-2/],
        })
        await showLogs(stage)
        await both(stage, 'UTC')
      },
    },
    {
      title: 'Break a hook',
      about: 'The next release asks for another time zone, and brings a playbook of its own that fails on every host.',
      async run(stage) {
        await edit(stage, 'clock/service.yml', 'CLOCK_ZONE=UTC', 'CLOCK_ZONE=CET')
        await mkdir(join(stage.folder, 'clock/ansible'))
        await writeFile(join(stage.folder, 'clock/ansible/playbook.yml'), playbook)
        stage.narrator.remark('add clock/ansible/playbook.yml, which reads a file that no host has')
        await towpath(stage, 'deploy --path clock --environment staging', {
          code: 1,
          saying: [
            /deployment 2 failed/,
            /web-\d, web-\d, AfterInstall: towpath\/hook ended with exit code 2/,
            /\| .*Read the list of zones/,
          ],
        })
        stage.narrator.remark('Both hosts failed for one cause, which is told once. Their service was stopped before, so neither answers:')
        await both(stage, null)
      },
    },
    {
      title: 'Bring the first answer back',
      about: 'The revision of the release before is in the bucket still, and goes to both hosts again.',
      async run(stage) {
        await towpath(stage, 'rollback --service clock --environment staging', {
          saying: [/deployment 3 succeeded/, /code: deployment d-\w+ succeeded on web-1, web-2/],
        })
        await both(stage, 'UTC')
      },
    },
  ]

  async function both(stage: Stage, zone: string | null): Promise<void> {
    await ask(stage, ports, 'web-1', zone)
    await ask(stage, ports, 'web-2', zone)
  }
}

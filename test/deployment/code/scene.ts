import { type Deed, type FakeCodeDeploy, fakeCodeDeploy, fakeHost, withGroup } from '../../world/codedeploy.ts'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

/** A world whose service `delivery` ships by CodeDeploy to hosts of its own. */
export interface CodeScene {
  readonly world: MemoryWorld
  readonly codeDeploy: FakeCodeDeploy
  /** Gives the service other code, which is another release. */
  change(text: string): void
}

export interface CodeSceneOptions {
  /** What each host does, by its name. */
  readonly hosts?: Readonly<Record<string, Deed>>
  /** What its deployment group has beside its name and tags. */
  readonly group?: object
}

const quick: Deed = () => 1_000
export const twoHosts = { 'web-1': quick, 'web-2': quick }

export async function aCodeScene({ hosts = twoHosts, group = {} }: CodeSceneOptions = {}): Promise<CodeScene> {
  const world = await readyWorld(platform(), service('print(1)\n'))
  const { clock } = world
  let seeds = 0.1
  const random = (): number => {
    seeds = (seeds * 9301 + 0.49297) % 1
    return seeds
  }
  const made = Object.entries(hosts).map(([name, deed]) => fakeHost(name, clock, deed))
  const codeDeploy = withGroup(
    fakeCodeDeploy({ clock, random, hosts: made, timing: { created: 300, queued: 700, rollbackInfo: 1_500 } }),
    group,
  )
  world.join(codeDeploy)
  return { world, codeDeploy, change: (text) => world.write(service(text)) }
}

/** A platform whose blueprint `thing` ships by CodeDeploy, as its stack says where. */
function platform(): Record<string, string> {
  const outputs = { Application: { Value: 'delivery' }, Group: { Value: 'production' } }
  const files = aPlatform({ templates: { main: aTemplate({ outputs }) } })
  return {
    ...files,
    '/platform/platform.yml': (files['/platform/platform.yml'] ?? '').replace(
      'ship: { with: stack }',
      [
        'ship: { with: codedeploy, application: main.Application, group: main.Group }',
        '    playbook: ansible/platform.yml',
        '    variables: { inputs: { service_thing: main.Name }, parameters: { service_port: 80 } }',
      ].join('\n'),
    ),
    '/platform/ansible/platform.yml': '- hosts: all\n  roles: [service]\n',
    '/platform/ansible/roles/service/tasks/main.yml': '- debug: { msg: "{{ service_port }} {{ service_thing }}" }\n',
  }
}

function service(text: string): Record<string, string> {
  return { ...aService({ lines: ['artefact: { path: src }'] }), '/service/src/app.py': text }
}

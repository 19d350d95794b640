import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  AddTagsToOnPremisesInstancesCommand,
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentGroupCommand,
  RegisterOnPremisesInstanceCommand,
} from '@aws-sdk/client-codedeploy'
import { freePort } from '../../local/port.ts'
import { DemoError } from './ending.ts'
import type { Stage } from './stage.ts'

/** The hosts of service `clock`. */
const names = ['web-1', 'web-2'] as const
type HostName = (typeof names)[number]

/** Where each host's service answers. */
export type Ports = ReadonlyMap<HostName, number>

/** Registers two hosts, and the group that takes them in: what CloudFormation makes of the template where it has CodeDeploy. */
export async function makeHosts({ codeDeploy, region, environment, ansible, narrator, signal }: Stage): Promise<Ports> {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = environment
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
  const api = new CodeDeployClient({ endpoint: codeDeploy.url, region, credentials })
  const [tags, asks] = [[{ Key: 'service', Value: 'clock' }], { abortSignal: signal }]
  const ports = new Map<HostName, number>()
  try {
    for (const name of names) {
      await api.send(new RegisterOnPremisesInstanceCommand({ instanceName: name, iamUserArn: 'arn:aws:iam::000000000000:user/demo' }), asks)
      await api.send(new AddTagsToOnPremisesInstancesCommand({ instanceNames: [name], tags }), asks)
      const port = await freePort()
      ports.set(name, port)
      // Both are this machine, so each has a port of its own, and an Ansible as user data would fetch it.
      await put(codeDeploy.path(name, '/etc/towpath/host.json'), JSON.stringify({ service_port: port }))
      const runtime = codeDeploy.path(name, '/opt/towpath/runtime/current')
      await mkdir(dirname(runtime), { recursive: true })
      await symlink(dirname(dirname(ansible)), runtime)
      narrator.result(`${name} is a folder of this machine; its service will listen on port ${port}`)
    }
    const [applicationName, serviceRoleArn] = ['clock-staging', 'arn:aws:iam::000000000000:role/demo']
    await api.send(new CreateApplicationCommand({ applicationName }), asks)
    const group = { applicationName, deploymentGroupName: 'clock-staging', serviceRoleArn, onPremisesInstanceTagFilters: tags }
    await api.send(new CreateDeploymentGroupCommand({ ...group, deploymentConfigName: 'CodeDeployDefault.AllAtOnce' }), asks)
    return ports
  } finally {
    api.destroy()
  }
}

/** Asks a host's service over HTTP, shows its answer, and holds it against what it should be. @param zone null: it should not answer */
export async function ask({ narrator, signal }: Stage, ports: Ports, name: HostName, zone: string | null): Promise<void> {
  const url = `http://127.0.0.1:${ports.get(name)}/`
  const answer: unknown = await fetch(url, { signal })
    .then((reply) => reply.json())
    .catch(() => undefined)
  signal.throwIfAborted()
  narrator.result(`${name} at ${url} ${answer === undefined ? 'does not answer' : `answers ${JSON.stringify(answer)}`}`)
  const told = typeof answer === 'object' && answer !== null && 'zone' in answer ? answer.zone : null
  if (told !== zone) throw new DemoError(`${name} should ${zone === null ? 'not answer' : `tell the time in ${zone}`}`)
}

/** Shows what each host ran, as its own log has it. */
export async function showLogs({ codeDeploy, narrator }: Stage): Promise<void> {
  for (const name of names) {
    const log = codeDeploy.path(name, '/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log')
    for (const line of (await readFile(log, 'utf8')).split('\n')) {
      const [, ran] = /towpath: (\w+: \d+ tasks, .*)$/.exec(line) ?? []
      if (ran !== undefined) narrator.result(`${name} ran ${ran}`)
    }
  }
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, text)
}

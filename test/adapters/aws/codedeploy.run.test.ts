import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { agent } from '../../../local/codedeploy/agent/agent.ts'
import { dirMachine } from '../../../local/codedeploy/agent/dir.ts'
import type { Machine } from '../../../local/codedeploy/agent/machine.ts'
import { call, startCodeDeploy } from '../../../local/codedeploy/server.ts'
import { codeDeployRollouts } from '../../../src/adapters/aws/codedeploy.ts'
import { nodeClock } from '../../../src/adapters/node/clock.ts'
import { aBundle, anAppSpec, aShelf } from '../../local/codedeploy/bundle.ts'
import { type Behaviour, rolloutsContract } from '../../rollout/rollouts.contract.ts'

const conditions: Readonly<Record<Behaviour, string>> = {
  works: 'false',
  'fails on the second': '[ "$(basename "$TOWPATH_HOST_ROOT")" = web-2 ]',
  'fails everywhere': 'true',
}

rolloutsContract('on the local endpoint, with real hooks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  const shelf = aShelf()
  const machines: Machine[] = []
  const real = nodeClock()
  const server = await startCodeDeploy({
    clock: real,
    makeHost(name) {
      const machine = dirMachine(name, join(folder, name))
      machines.push(machine)
      return { name, tags: {}, perform: agent({ machine, fetch: shelf.fetch }) }
    },
  })
  const api = (operation: string, input: object) => call(server.state, operation, input)
  const filters = [{ Key: 'service', Value: 'delivery' }]
  for (const instanceName of ['web-1', 'web-2']) {
    api('RegisterOnPremisesInstance', { instanceName, iamUserArn: 'arn:aws:iam::000000000000:user/web' })
    api('AddTagsToOnPremisesInstances', { instanceNames: [instanceName], tags: filters })
  }
  const name = { application: 'delivery', group: 'production' }
  api('CreateApplication', { applicationName: name.application })
  api('CreateDeploymentGroup', {
    ...{ applicationName: name.application, deploymentGroupName: name.group, serviceRoleArn: 'arn:aws:iam::000000000000:role/deploys' },
    ...{ onPremisesInstanceTagFilters: filters, autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] } },
  })
  const environment = { AWS_ENDPOINT_URL_CODEDEPLOY: server.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
  return {
    // What answers at once need not be asked every second.
    clock: { ...real, sleep: (milliseconds) => sleep(Math.min(milliseconds, 40)) },
    rollouts: codeDeployRollouts('eu-west-1', { environment }),
    name,
    async revision(behaviour) {
      const validate = `#!/bin/sh\nif ${conditions[behaviour]}; then echo checking; echo "connection refused" >&2; exit 42; fi\n`
      const bytes = await aBundle({ 'appspec.yml': anAppSpec({ ValidateService: 'scripts/validate.sh' }), 'scripts/validate.sh': validate })
      return { bucket: 'acme', key: behaviour, etag: shelf.put(behaviour, bytes) }
    },
    async leave() {
      await server.close()
      for (const machine of machines) await machine.close()
      await rm(folder, { recursive: true })
    },
  }
})

import type { Performed } from '../../local/codedeploy/host.ts'
import { virtualClock } from '../world/clock.ts'
import { fakeCodeDeploy, fakeHost, scriptFailed, withGroup } from '../world/codedeploy.ts'
import { rolloutsContract } from './rollouts.contract.ts'

rolloutsContract('in memory', async () => {
  const clock = virtualClock()
  const makeHost = (name: string) =>
    fakeHost(name, clock, ({ event, revision: { s3Location } }): Performed | number => {
      const fails = s3Location?.key === 'fails everywhere' || (s3Location?.key === 'fails on the second' && name === 'web-2')
      return event === 'ValidateService' && fails ? scriptFailed(42) : 500
    })
  const fake = fakeCodeDeploy({ clock, makeHost })
  const filters = [{ Key: 'service', Value: 'delivery' }]
  for (const instanceName of ['web-1', 'web-2']) {
    fake.api('RegisterOnPremisesInstance', { instanceName, iamUserArn: 'arn:aws:iam::000000000000:user/web' })
    fake.api('AddTagsToOnPremisesInstances', { instanceNames: [instanceName], tags: filters })
  }
  const autoRollbackConfiguration = { enabled: true, events: ['DEPLOYMENT_FAILURE'] }
  withGroup(fake, { ec2TagFilters: [], onPremisesInstanceTagFilters: filters, autoRollbackConfiguration })
  return {
    ...{ clock, rollouts: fake.rollouts, name: { application: 'delivery', group: 'production' } },
    revision: async (behaviour) => ({ bucket: 'acme', key: behaviour, etag: 'x' }),
    leave: async () => {},
  }
})

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AddTagsToOnPremisesInstancesCommand,
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentGroupCommand,
  RegisterOnPremisesInstanceCommand,
} from '@aws-sdk/client-codedeploy'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { canHaveNamespaces } from '../../../local/codedeploy/agent/namespace.ts'
import { type HostKind, type LocalCodeDeploy, startLocalCodeDeploy } from '../../../local/codedeploy/local.ts'
import { codeDeployRollouts } from '../../../src/adapters/aws/codedeploy.ts'
import { nodeClock } from '../../../src/adapters/node/clock.ts'
import { type Followed, follow } from '../../../src/rollout/follow.ts'
import type { Revision } from '../../../src/rollout/rollouts.ts'
import { withAws } from '../../support/aws.ts'
import { running } from '../../support/processes.ts'
import { aBundle, anAppSpec } from './bundle.ts'

jest.setTimeout(60_000)

const aws = withAws()
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const wanted = process.env.TOWPATH_ROOT_TESTS === 'true'
let folder: string
let canHave: boolean

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  canHave = await canHaveNamespaces()
})
afterAll(() => rm(folder, { recursive: true }))

/** A service that answers on port 8080 of its host, and a check that it does. */
const files = {
  'appspec.yml': anAppSpec({ ApplicationStop: 'stop.sh', ApplicationStart: 'start.sh', ValidateService: 'validate.sh' }),
  'start.sh':
    '#!/bin/sh\nmkdir -p "$TOWPATH_HOST_ROOT/srv"\nhostname > "$TOWPATH_HOST_ROOT/srv/name"\ncd "$TOWPATH_HOST_ROOT/srv"\n' +
    'PORT="${TOWPATH_HOST_ROOT:+0}"\npython3 -m http.server "${PORT:-8080}" --bind 127.0.0.1 < /dev/null > /dev/null 2>&1 &\necho $! > pid\n',
  'validate.sh':
    '#!/bin/sh\n[ -n "$TOWPATH_HOST_ROOT" ] && exec kill -0 "$(cat "$TOWPATH_HOST_ROOT/srv/pid")"\nfor try in 1 2 3 4 5 6 7 8 9 10; do\n' +
    '  python3 -c "import urllib.request as u, socket; assert u.urlopen(\'http://127.0.0.1:8080/name\').read().decode().strip() == socket.gethostname()" 2>/dev/null && exit 0\n' +
    '  sleep 0.3\ndone\nexit 1\n',
  'stop.sh': '#!/bin/sh\nkill "$(cat "$TOWPATH_HOST_ROOT/srv/pid")"\n',
}

async function deploy(local: LocalCodeDeploy, hosts: readonly string[]): Promise<Followed> {
  const s3 = new S3Client({ ...aws.client(), forcePathStyle: true })
  const bucket = `hosts-${local.kind}`
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const put = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'one.zip', Body: await aBundle(files) }))
  const api = new CodeDeployClient({ endpoint: local.url, region: aws.region, credentials })
  const tags = [{ Key: 'service', Value: 'delivery' }]
  for (const instanceName of hosts) {
    await api.send(new RegisterOnPremisesInstanceCommand({ instanceName, iamUserArn: 'arn:aws:iam::000000000000:user/web' }))
    await api.send(new AddTagsToOnPremisesInstancesCommand({ instanceNames: [instanceName], tags }))
  }
  await api.send(new CreateApplicationCommand({ applicationName: 'delivery' }))
  await api.send(
    new CreateDeploymentGroupCommand({
      ...{ applicationName: 'delivery', deploymentGroupName: 'production', serviceRoleArn: 'arn:aws:iam::000000000000:role/x' },
      ...{ onPremisesInstanceTagFilters: tags, deploymentConfigName: 'CodeDeployDefault.AllAtOnce' },
    }),
  )
  const environment = { AWS_ENDPOINT_URL_CODEDEPLOY: local.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
  const rollouts = codeDeployRollouts(aws.region, { environment })
  const clock = nodeClock()
  const revision: Revision = { bucket, key: 'one.zip', etag: put.ETag?.replaceAll('"', '') ?? '' }
  const begun = await rollouts.create({
    application: 'delivery',
    group: 'production',
    revision,
    description: '',
    ignoreStopFailures: false,
  })
  if (begun === 'busy') throw new Error('the group is busy')
  return follow(rollouts, begun.id, { clock, until: clock.monotonic() + 50_000, signal: new AbortController().signal }, () => {})
}

async function local(hosts: HostKind): Promise<LocalCodeDeploy> {
  return startLocalCodeDeploy({ hosts, folder: join(folder, hosts), region: aws.region, s3: aws.endpoint })
}

test('hosts that are folders fetch from the local S3, run a service, and leave nothing running when they end', async () => {
  const codeDeploy = await local('dir')
  try {
    const { rollout, hosts } = await deploy(codeDeploy, ['web-1', 'web-2'])
    expect({ rollout, hosts }).toMatchObject({ rollout: { status: 'Succeeded', counts: { succeeded: 2 } } })
    const pids = await Promise.all(['web-1', 'web-2'].map(async (host) => Number(await readFile(codeDeploy.path(host, 'srv/pid'), 'utf8'))))
    expect(await running(pids)).toHaveLength(2)
    await codeDeploy.close()
    expect(await running(pids)).toEqual([])
  } finally {
    await codeDeploy.close()
  }
})

test('hosts with roots of their own run three services on the same port at once', async () => {
  if (!canHave) {
    if (wanted) throw new Error('TOWPATH_ROOT_TESTS is set, and this machine cannot make namespaces')
    process.stderr.write('not run: hosts with roots of their own need root on Linux\n')
    return
  }
  const codeDeploy = await local('namespace')
  try {
    const { rollout, hosts } = await deploy(codeDeploy, ['web-1', 'web-2', 'web-3'])
    expect({ rollout, hosts }).toMatchObject({ rollout: { status: 'Succeeded', counts: { succeeded: 3 } } })
    for (const host of ['web-1', 'web-2', 'web-3']) expect(await readFile(codeDeploy.path(host, '/srv/name'), 'utf8')).toBe(`${host}\n`)
    await expect(readFile('/srv/name')).rejects.toMatchObject({ code: 'ENOENT' })
  } finally {
    await codeDeploy.close()
  }
})

import { describe, expect, test } from '@jest/globals'
import { translate } from '../../src/adapters/aws/errors.ts'
import { exitCodes } from '../../src/errors.ts'
import { errorText } from '../../src/render/error.ts'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../world/towpath.ts'

/** A mistake, on a world where a service could be deployed without it. */
interface Mistake {
  readonly files?: Readonly<Record<string, string | undefined>>
  readonly verb?: string
  readonly inputs?: Readonly<Record<string, unknown>>
  /** What happens to the world after the platform is published. */
  readonly before?: (world: MemoryWorld) => void
}

/** What a person reads, and what the mistake leaves behind. */
async function made({ files = {}, verb = 'deploy', inputs = {}, before = () => {} }: Mistake) {
  const world = await readyWorld(aPlatform(), { ...aService(), '/service/README.md': 'Delivers.' })
  world.write(files)
  before(world)
  const contents = (): string => JSON.stringify(world.bucket.keys().map((key) => [key, world.bucket.bytes(key)]))
  const kept = contents()
  const { error } = await world.run(verb, inputs)
  return {
    text: error ? errorText(error, (path) => path.replace(/^\/service\//, '')) : 'no error',
    exit: error ? exitCodes[error.code] : 0,
    nothingWritten: contents() === kept && world.cloud.count('createChangeSet') === 0,
  }
}

const descriptor = (text: string | undefined): Mistake => ({ files: { '/service/service.yml': text } })
const lines = (...more: string[]): Mistake => ({ files: aService({ lines: more }) })
const refusal = (name: string, message = ''): Error =>
  translate(Object.assign(new Error(message), { name }), {
    action: 's3:GetObject',
    on: "bucket 'acme-platform'",
    endpoint: 'https://s3.eu-west-1.amazonaws.com',
    region: 'eu-west-1',
    bucket: 'acme-platform',
  })
const always = (error: Error) => (world: MemoryWorld) => world.bucket.fail({ times: Number.POSITIVE_INFINITY }, error)

describe('bad input ends with one clear message, exit 2, and nothing written', () => {
  test.each<[string, Mistake, string]>([
    [
      'a descriptor that is missing',
      descriptor(undefined),
      'error: no service.yml or platform.yml in /service\n  write one, or name the folder that has it with --path',
    ],
    [
      'a descriptor that is empty',
      descriptor(''),
      'service.yml:1:1: the file is empty\n  expected a map with the keys service, owner, blueprint, platform and environments',
    ],
    [
      'a descriptor that is no YAML',
      descriptor('service: [delivery\nowner: {'),
      'service.yml:2:1: cannot be read: flow sequence in block collection must be sufficiently indented and end with a ] (and 1 more that follows from it)',
    ],
    [
      'a descriptor of the wrong shape',
      descriptor('- service: delivery'),
      'service.yml:1:1: expected a map with the keys service, owner, blueprint, platform and environments, got a list',
    ],
    [
      'a descriptor with a key that is misspelt',
      descriptor('service: delivery\nowner: logistics\nblueprnt: thing\nplatform: stable\nenvironments: {}\n'),
      "error: the service in /service has 2 problems:\nservice.yml:3:1: unknown key 'blueprnt'\n  did you mean 'blueprint'?\nservice.yml:5:15: environments: expected at least one entry, got an empty map",
    ],
    ['a folder that is not there', { inputs: { path: '/nowhere' } }, 'error: no folder /nowhere\n  name the repository with --path'],
    [
      'a folder of a platform, for a verb about services',
      { verb: 'package-artefact', inputs: { path: '/platform' } },
      'error: no service.yml in /platform\n  it holds a platform.yml: name a service repository with --path',
    ],
    [
      'an override that meets nothing',
      { files: aService({ overrides: { main: { Resources: { Thnig: {} } } } }) },
      "cloudFormation/overrides/main.json:1:15: no resource 'Thnig' in platform template main.json (1.0.0)\n  did you mean 'Thing'?",
    ],
    [
      'a dangling Ref in an addition',
      {
        files: aService({
          additions: { main: { Resources: { Other: { Type: 'Test::Towpath::Thing', Properties: { Of: { Ref: 'Thingy' } } } } } },
        }),
      },
      "cloudFormation/additions/main.json:1:80: no parameter or resource 'Thingy' for Ref\n  did you mean 'Thing'?",
    ],
    [
      'an unknown parameter',
      lines('stacks: { main: { parameters: { Size: 2 } } }'),
      "service.yml:6:33: template main.json (1.0.0) of stack 'main' has no parameter 'Size'\n  the template has no parameters at all",
    ],
    [
      'a key that this version cannot do',
      lines('checks:', '  - { name: health, url: main.Name, path: /, status: 200, within: 2m }'),
      "service.yml:6:1: 'checks' is not supported by this version of towpath\n  remove it, or use a version that has it",
    ],
    [
      'an environment that the service does not declare',
      { files: aService({ lines: ['environments: { staging: {} }'] }), inputs: { environment: 'production' } },
      "error: service 'delivery' does not declare environment 'production'\n  choose one that it declares (staging), or add it there",
    ],
    [
      'an environment that nobody declared',
      { inputs: { environment: 'stagin' } },
      "error: the platform does not declare environment 'stagin'\n  did you mean 'staging'? it declares production, staging",
    ],
    [
      'an environment that nobody declared, of the log',
      { verb: 'log', inputs: { environment: 'qa', service: 'delivery' } },
      "error: the platform does not declare environment 'qa'\n  choose one that it declares (production, staging), or add it there",
    ],
    [
      'a channel that is not there',
      { files: { '/service/service.yml': aService()['/service/service.yml']?.replace('stable', 'stabel') } },
      "error: no channel 'stabel' in bucket 'acme-platform'\n  did you mean 'stable'?",
    ],
    [
      'a platform release that is not there',
      { files: { '/service/service.yml': aService()['/service/service.yml']?.replace('stable', '3.2.0') } },
      "error: no platform release '3.2.0' in bucket 'acme-platform'\n  the newest are 1.0.0",
    ],
    [
      'a release that is not there',
      { inputs: { release: 'abc123', service: 'delivery' } },
      "error: service 'delivery' has no release in bucket 'acme-platform'\n  check the names of the service and the bucket, or make one with towpath create-release",
    ],
    [
      'a release that is no name of one',
      { verb: 'plan', inputs: { release: 'latest', service: 'delivery' } },
      "error: 'latest' is no release: a release is named by hexadecimal digits\n  see towpath log for the releases that were deployed",
    ],
    [
      'an artefact that is not there',
      { verb: 'create-release', inputs: { artefact: `sha256:${'0'.repeat(64)}` } },
      "error: artefact sha256:0000000000000000000000000000000000000000000000000000000000000000 is not in bucket 'acme-platform'\n  run towpath package-artefact first",
    ],
    [
      'an artefact that is no digest',
      { verb: 'create-release', inputs: { artefact: 'build.zip' } },
      "error: 'build.zip' is no artefact\n  give the artefact that package-artefact printed: sha256: and 64 digits",
    ],
    [
      'an artefact that is not built',
      lines('artefact: { path: build, build: npm run build }'),
      "error: no artefact at '/service/build'\n  run the build first: npm run build",
    ],
    [
      'a service without an artefact',
      { verb: 'package-artefact' },
      "service.yml: service 'delivery' has no artefact\n  give 'artefact: { path: … }' in service.yml",
    ],
    [
      'a service without its release',
      { inputs: { service: 'delivery' } },
      'error: --service needs --release\n  give --release, or --path instead of --service',
    ],
    [
      'a repository that is none',
      { verb: 'create-release', inputs: { repository: 'delivery' } },
      "error: 'delivery' is no repository\n  write owner/name, its id, or owner/name#id",
    ],
    [
      'a channel that can be none',
      { verb: 'sync-platform', inputs: { path: '/platform', channel: '3.2.0' } },
      "error: '3.2.0' is no name for a channel\n  lower case letters, digits and hyphens, beginning with a letter",
    ],
    [
      'a platform that was never published',
      {
        verb: 'deploy',
        inputs: { path: '/platform' },
        files: aPlatform({ version: '9.0.0', extra: 'stacks: { main: { template: main.json } }' }),
      },
      "/platform/platform.yml: platform release 9.0.0 is not in bucket 'acme-platform'\n  run towpath sync-platform --path /platform --bucket acme-platform first",
    ],
    [
      'a platform that differs from what was published',
      { verb: 'deploy', inputs: { path: '/platform' }, files: aPlatform({ templates: { main: aTemplate({ properties: { Size: 2 } }) } }) },
      "/platform/platform.yml: the platform here differs from its published release 1.0.0: cloudFormation/main.json (changed)\n  undo the change, or raise 'version' in platform.yml and run towpath sync-platform --path /platform --bucket acme-platform first",
    ],
    [
      'a platform without stacks of its own',
      { verb: 'deploy', inputs: { path: '/platform' } },
      "platform.yml (1.0.0): platform 'acme' has no stacks of its own to deploy\n  add 'stacks' to platform.yml; the stacks of a blueprint are deployed with the services that follow it",
    ],
    [
      'a bucket that does not exist',
      { before: always(refusal('NoSuchBucket')) },
      "error: bucket 'acme-platform' does not exist\n  check the name, or create it with `towpath bootstrap --bucket acme-platform`",
    ],
    [
      'a bucket that refuses us',
      { before: always(refusal('AccessDenied', 'Access Denied')) },
      "error: s3:GetObject on bucket 'acme-platform' was denied: Access Denied\n  allow it to the role or user that runs this, and s3:ListBucket too: without that, S3 says this of a key that is not there",
    ],
    [
      'credentials that are missing',
      { before: always(refusal('CredentialsProviderError', 'Could not load credentials from any providers')) },
      'error: there are no AWS credentials to use: Could not load credentials from any providers\n  set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or log in with `aws sso login`',
    ],
    [
      'credentials that have expired',
      { before: always(refusal('ExpiredToken')) },
      'error: the AWS credentials have expired\n  get new ones (log in again, or renew AWS_SESSION_TOKEN and its keys) and run again',
    ],
    [
      'no bucket for a merge',
      { verb: 'merge-templates', inputs: { bucket: undefined, out: '/out' } },
      'error: merge-templates needs --platform or --bucket (or TOWPATH_BUCKET)\n  see towpath merge-templates --help',
    ],
    [
      'two places of a platform',
      { verb: 'validate', inputs: { platform: '/platform' } },
      'error: validate takes --platform or --bucket, not both\n  leave one of them out',
    ],
  ])('%s', async (_, mistake, text) => {
    const { text: read, exit, nothingWritten } = await made(mistake)
    expect(read).toBe(text)
    expect(exit).toBe(2)
    expect(nothingWritten).toBe(true)
  })
})

test('canary: without a mistake it is deployed', async () => {
  expect(await made({})).toEqual({ text: 'no error', exit: 0, nothingWritten: false })
})

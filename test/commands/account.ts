import { translate } from '../../src/adapters/aws/errors.ts'
import bootstrap from '../../src/commands/bootstrap.ts'
import type { World } from '../../src/commands/world.ts'
import { virtualClock } from '../world/clock.ts'
import { fakeStacks } from '../world/cloudformation.ts'
import { fakeIdentityProviders } from '../world/identity-providers.ts'
import { fakeObjects } from '../world/objects.ts'

/** The flags of bootstrap, as a host hands them over where none is given. */
const noFlags = {
  bucket: 'acme-towpath',
  environment: undefined,
  'environment-bucket': undefined,
  repository: [],
  workflows: [],
  operator: [],
  'default-branch': undefined,
  'execute-policy': [],
  stack: [],
  trust: [],
  'trust-characters': undefined,
  'dry-run': false,
}

/** Flags that a test gives. */
export type Flags = Partial<Parameters<typeof bootstrap.run>[0]>

/** An account in which buckets are there or not, by themselves or as a stack made them, and bootstrap in it. */
export function anAccount({
  foreign = false,
  region = 'eu-west-1',
  denied = false,
  account = '000000000001',
}: {
  foreign?: boolean
  region?: string | null
  denied?: boolean
  account?: string
} = {}) {
  const clock = virtualClock()
  const cloud = fakeStacks({ clock, account, region: region ?? 'eu-west-1' })
  const providers = fakeIdentityProviders(account)
  const lines: string[] = []
  let drawn = 0
  const isThere = (name: string): boolean => foreign || cloud.existing('AWS::S3::Bucket').includes(name)
  const objects = async (name: string) => {
    const bucket = fakeObjects(name, { there: isThere(name) || denied })
    const call = { action: 's3:ListBucket', on: `bucket '${name}'`, endpoint: 'https://s3', region: 'eu-west-1', bucket: name }
    if (denied) bucket.fail({}, translate(Object.assign(new Error(), { name: 'AccessDenied' }), call))
    return bucket
  }
  const log = { info: (text: string) => void lines.push(text), warn: (text: string) => void lines.push(`warning: ${text}`), progress() {} }
  const world = {
    region: region ?? undefined,
    clock,
    log,
    objects,
    stacks: async () => cloud,
    identity: async () => ({ account, arn: `arn:aws:iam::${account}:user/admin` }),
    template: async (_: string, stackId: string) => cloud.templateOf(stackId),
    identityProviders: async () => providers,
    interrupted: new AbortController().signal,
    random: () => `r${++drawn}`,
  }
  const run = (flags: Flags = {}) => bootstrap.run({ ...noFlags, ...flags }, world as unknown as World)
  return { account, cloud, providers, lines, clock, run }
}

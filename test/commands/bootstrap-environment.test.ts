import { describe, expect, test } from '@jest/globals'
import bootstrap from '../../src/commands/bootstrap.ts'
import type { TowpathError } from '../../src/errors.ts'
import { issuer } from '../../src/platform/access/trust.ts'
import { anAccount, type Flags } from './account.ts'

const commit = 'a'.repeat(40)
const greeter = 'acme/greeter=1002@77'
const staging = { environment: 'staging', repository: [greeter], workflows: [`towpath-dev/towpath@${commit}`] }
const stack = 'towpath-environment-staging'

const refused = (run: Promise<unknown>): Promise<TowpathError | undefined> =>
  run.then(
    () => undefined,
    (error: TowpathError) => error,
  )

/** The property of a role that a stack has made, as text. */
function roleText({ cloud }: ReturnType<typeof anAccount>, name: string, property: string): string {
  const role = cloud.resources(stack).find(({ physicalId }) => physicalId === name)
  return JSON.stringify(role?.properties[property])
}

describe('bootstrap of an environment', () => {
  test('makes its bucket, its roles, their boundary and the provider, and says what goes into platform.yml', async () => {
    const account = anAccount({ account: '222222222222' })
    const outputs = await account.run(staging)
    expect(outputs).toMatchObject({
      created: true,
      bucket: 'acme-towpath-staging',
      roles: {
        deploy: 'arn:aws:iam::222222222222:role/towpath-staging-deploy',
        execute: 'arn:aws:iam::222222222222:role/towpath-staging-execute',
        plan: 'arn:aws:iam::222222222222:role/towpath-staging-plan',
      },
      boundary: 'arn:aws:iam::222222222222:policy/towpath-staging-boundary',
      descriptor: [
        '  staging:',
        '    account: "222222222222"',
        '    region: eu-west-1',
        '    bucket: acme-towpath-staging',
        '    roles:',
        '      execute: arn:aws:iam::222222222222:role/towpath-staging-execute',
      ].join('\n'),
    })
    expect(account.cloud.existing('AWS::IAM::Role').toSorted()).toEqual([
      'towpath-staging-deploy',
      'towpath-staging-execute',
      'towpath-staging-plan',
    ])
    expect(account.cloud.existing('AWS::S3::Bucket')).toEqual(['acme-towpath-staging'])
    expect(account.cloud.stack(stack)).toMatchObject({ terminationProtection: true })
    expect([...account.providers.there]).toEqual([[`arn:aws:iam::222222222222:oidc-provider/${issuer}`, ['sts.amazonaws.com']]])
    expect(outputs.next).toContain('  towpath bootstrap --bucket acme-towpath --trust staging=222222222222')
    expect(bootstrap.text(outputs)).toContain('arn:aws:iam::222222222222:policy/towpath-staging-boundary')
  })

  test('is served by the platform bucket where that is in the same account and region', async () => {
    const { run, cloud } = anAccount()
    await run()
    const outputs = await run(staging)
    expect(outputs).toMatchObject({ bucket: 'acme-towpath' })
    expect(outputs.descriptor).not.toContain('bucket:')
    expect((outputs.next as readonly string[]).join('\n')).not.toContain('--trust')
    expect(cloud.existing('AWS::S3::Bucket')).toEqual(['acme-towpath'])
  })

  test('keeps its bucket whatever becomes of the stack', async () => {
    const { run, cloud } = anAccount()
    await run(staging)
    cloud.guard(stack, false)
    cloud.vanish(stack)
    expect(cloud.existing('AWS::S3::Bucket')).toEqual(['acme-towpath-staging'])
  })

  test('done again does nothing', async () => {
    const { run, cloud, providers } = anAccount()
    await run(staging)
    const before = cloud.history(stack).length
    expect(await run(staging)).toMatchObject({ created: false, changes: [] })
    expect(cloud.history(stack)).toHaveLength(before)
    expect(providers.there.size).toBe(1)
  })

  test('uses the provider that the account has, and leaves it as it is', async () => {
    const { run, providers, lines } = anAccount()
    const arn = `arn:aws:iam::000000000001:oidc-provider/${issuer}`
    providers.there.set(arn, ['sts.amazonaws.com', 'of-somebody-else'])
    await run(staging)
    expect([...providers.there]).toEqual([[arn, ['sts.amazonaws.com', 'of-somebody-else']]])
    expect(lines.join('\n')).not.toContain('identity provider')
  })

  test('does not change a provider that takes tokens for others alone', async () => {
    const { run, providers, cloud } = anAccount()
    providers.there.set(`arn:aws:iam::000000000001:oidc-provider/${issuer}`, ['of-somebody-else'])
    expect(await refused(run(staging))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('of-somebody-else'),
      hint: expect.stringContaining('add-client-id-to-open-id-connect-provider'),
    })
    expect(cloud.count('createChangeSet')).toBe(0)
  })

  test('remembers what is not said again, and tells it', async () => {
    const account = anAccount()
    await account.run({ ...staging, stack: ['legacy-db'], 'default-branch': 'trunk' })
    account.lines.length = 0
    expect(await account.run({ environment: 'staging', workflows: [`towpath-dev/towpath@${'b'.repeat(40)}`] })).toMatchObject({
      created: true,
    })
    expect(account.lines).toContain(`--repository is not given, and stays: ${greeter}`)
    expect(account.lines).toContain(`warning: --workflows leaves out what was there before: towpath-dev/towpath@${commit}`)
    const trust = roleText(account, 'towpath-staging-plan', 'AssumeRolePolicyDocument')
    expect(trust).toContain('repo:acme/greeter:ref:refs/heads/trunk')
    expect(trust).toContain('b'.repeat(40))
    expect(trust).not.toContain(commit)
    expect(roleText(account, 'towpath-staging-deploy', 'Policies')).toContain('stack/legacy-db/*')
    await account.run({ environment: 'staging', stack: ['none'] })
    expect(roleText(account, 'towpath-staging-deploy', 'Policies')).not.toContain('legacy-db')
  })

  test('in a dry run shows what would change, and touches nothing', async () => {
    const { run, cloud, providers } = anAccount()
    const first = await run({ ...staging, 'dry-run': true })
    expect(first).toMatchObject({ created: false })
    expect(cloud.requests.filter(({ call }) => call !== 'describe')).toEqual([])
    expect(providers.there.size).toBe(0)
    const text = bootstrap.text(first)
    expect(text).toContain(`+ identity provider ${issuer}`)
    expect(text).toContain('+ role towpath-staging-deploy')
    expect(text).toContain('allow PassExecute: iam:PassRole on arn:aws:iam::000000000001:role/towpath-staging-execute')
    expect(text.split('\n').at(-1)).toBe('dry run: nothing was changed')

    await run(staging)
    const before = cloud.history(stack).length
    const second = bootstrap.text(await run({ environment: 'staging', repository: [greeter, 'acme/counter=1003@77'], 'dry-run': true }))
    expect(second).toContain(`    + trust GitHub StringEquals ${issuer}:sub repo:acme@77/counter@1003:environment:staging`)
    expect(cloud.history(stack)).toHaveLength(before)
    expect(bootstrap.text(await run({ environment: 'staging', 'dry-run': true }))).toBe('dry run: nothing would change')
  })

  test('tells a change before it is made', async () => {
    const { run, lines } = anAccount()
    await run(staging)
    const shown = lines.indexOf('+ role towpath-staging-deploy')
    expect(shown).toBeGreaterThanOrEqual(0)
    expect(shown).toBeLessThan(lines.findIndex((line) => line.startsWith('CREATE_IN_PROGRESS')))
  })

  test('gives CloudFormation the policies of the platform team instead of the default, and warns of the widest', async () => {
    const account = anAccount()
    const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const outputs = await account.run({ ...staging, 'execute-policy': ['arn:aws:iam::000000000001:policy/acme-stacks', admin] })
    expect(roleText(account, 'towpath-staging-execute', 'ManagedPolicyArns')).toBe(
      `["arn:aws:iam::000000000001:policy/acme-stacks","${admin}"]`,
    )
    expect(roleText(account, 'towpath-staging-execute', 'Policies')).not.toContain('sqs:*')
    expect(account.lines).toContain(`warning: ${admin}: whoever can deploy can then do what it allows, by a template`)
    expect((outputs.next as readonly string[]).join('\n')).not.toContain('boundary')
  })

  test('refuses more repositories than a trust policy takes, and says how many fit', async () => {
    const { run, cloud } = anAccount()
    const many = Array.from({ length: 40 }, (_, n) => `acme/service-${n}=${100_000_000 + n}@12345678`)
    const error = await refused(run({ ...staging, repository: many }))
    expect(error).toMatchObject({ code: 'bad-input', hint: expect.stringContaining('--trust-characters') })
    const [, fit] = /of 40 repositories (\d+) fit/.exec(error?.message ?? '') ?? []
    expect(cloud.requests.filter(({ call }) => call !== 'describe')).toEqual([])
    expect((await refused(run({ ...staging, repository: many.slice(0, Number(fit) + 1), 'dry-run': true })))?.message).toContain('fit')
    const roomier = await run({ ...staging, repository: many.slice(0, Number(fit) + 1), 'trust-characters': '8192', 'dry-run': true })
    expect(roomier).toMatchObject({ created: false })
  })

  test('lets operators take the roles that plan and deploy, and only then says that these go into platform.yml', async () => {
    const account = anAccount()
    const operator = 'arn:aws:iam::000000000001:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Operators_0a1b'
    const outputs = await account.run({ ...staging, operator: [operator] })
    expect(account.lines).toContain(`    trust Operators: arn:aws:iam::000000000001:root as ${operator}`)
    for (const role of ['deploy', 'plan'])
      expect(roleText(account, `towpath-staging-${role}`, 'AssumeRolePolicyDocument')).toContain(operator)
    expect(roleText(account, 'towpath-staging-execute', 'AssumeRolePolicyDocument')).not.toContain(operator)
    expect(outputs.descriptor).toContain('      deploy: arn:aws:iam::000000000001:role/towpath-staging-deploy\n')
    // It is remembered, as every list is.
    expect((await account.run({ ...staging, 'dry-run': true })).changes).toEqual([])
    await account.run({ ...staging, operator: ['none'] })
    expect(roleText(account, 'towpath-staging-deploy', 'AssumeRolePolicyDocument')).not.toContain(operator)
  })

  test('makes roles that nobody from GitHub may take where nobody is named, and says so', async () => {
    const account = anAccount()
    const trust = () => roleText(account, 'towpath-staging-deploy', 'AssumeRolePolicyDocument')
    expect(await account.run({ ...staging, repository: [], workflows: [] })).toMatchObject({ created: true })
    expect(account.lines).toContain(
      "warning: no workflow may take the roles of 'staging' yet: name those that may with --repository and --workflows",
    )
    expect(trust()).not.toContain('AssumeRoleWithWebIdentity')
    // Canary: where somebody is named they may.
    await account.run(staging)
    expect(trust()).toContain('AssumeRoleWithWebIdentity')
  })

  test.each<[string, Flags, RegExp]>([
    ['repositories without workflows', { workflows: [] }, /--workflows is needed with --repository/],
    ['workflows without repositories', { repository: [] }, /--repository is needed with --workflows/],
    ['a repository without its id', { repository: ['acme/greeter'] }, /'acme\/greeter' is no repository with its id/],
    ['workflows without a ref', { workflows: ['towpath-dev/towpath'] }, /'towpath-dev\/towpath' does not say where workflows come from/],
    ['a ref that tokens do not carry', { workflows: ['towpath-dev/towpath@v1'] }, /'v1' in 'towpath-dev\/towpath@v1' is no ref/],
    ['an environment with a hyphen', { environment: 'pre-prod' }, /'pre-prod' is no name for an environment/],
    ['an environment whose roles would have too long a name', { environment: 'e'.repeat(49) }, /is no name for an environment/],
    [
      'an operator of another account',
      { operator: ['arn:aws:iam::222222222222:role/ops'] },
      /is no ARN of a role or user in account 000000000001/,
    ],
    ['an operator that is a session', { operator: ['arn:aws:sts::000000000001:assumed-role/ops/ada'] }, /is no ARN of a role or user/],
    ['a policy that is none', { 'execute-policy': ['AdministratorAccess'] }, /'AdministratorAccess' is no ARN of a policy/],
    ['a bucket that is none', { 'environment-bucket': 'Acme' }, /'Acme' is no name for a bucket/],
    ['a quota that is none', { 'trust-characters': '9000' }, /--trust-characters is '9000'/],
    ['what is about the platform bucket', { trust: ['staging=222222222222'] }, /--trust is about the platform bucket/],
  ])('takes no %s', async (_, flags, message) => {
    const { run, cloud, providers } = anAccount()
    expect(await refused(run({ ...staging, ...flags }))).toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) })
    expect(cloud.count('createChangeSet')).toBe(0)
    expect(providers.there.size).toBe(0)
  })

  test('leaves a bucket alone that is not in a stack of ours', async () => {
    const { run, cloud } = anAccount({ foreign: true })
    expect(await refused(run(staging))).toMatchObject({
      code: 'conflict',
      message: "bucket 'acme-towpath-staging' exists and is not in a stack of ours",
    })
    expect(cloud.count('createChangeSet')).toBe(0)
  })

  test('leaves a stack alone that holds something else', async () => {
    const { run, cloud } = anAccount()
    cloud.place({ name: stack, template: { Resources: { Thing: { Type: 'Test::Towpath::Thing' } } } })
    expect(await refused(run(staging))).toMatchObject({
      code: 'conflict',
      message: `stack ${stack} exists and holds something else: 'nothing of ours'`,
    })
  })

  test('tells why a role could not be made', async () => {
    const { run, cloud } = anAccount()
    cloud.failing('DeployRole', 'towpath-staging-deploy already exists')
    expect(await refused(run(staging))).toMatchObject({ code: 'failed', message: expect.stringContaining('already exists') })
  })
})

describe('bootstrap of the platform bucket', () => {
  const publish = { repository: ['acme/platform=1001@77'], workflows: staging.workflows }

  test('with a repository makes the role that publishes, and without one none', async () => {
    const { run, cloud, providers } = anAccount()
    expect(await run()).toMatchObject({ roles: {} })
    expect(providers.there.size).toBe(0)
    expect(await run(publish)).toMatchObject({ created: true, roles: { publish: 'arn:aws:iam::000000000001:role/towpath-publish' } })
    expect(cloud.existing('AWS::IAM::Role')).toEqual(['towpath-publish'])
    expect(providers.there.size).toBe(1)
    expect(await run()).toMatchObject({ created: false, roles: { publish: expect.anything() } })
  })

  test('lets environments of other accounts in, as many as are named', async () => {
    const { run, cloud } = anAccount()
    await run({ trust: ['staging=111111111111', 'production=222222222222'] })
    const policy = JSON.stringify(cloud.resources('towpath-acme-towpath').find(({ type }) => type === 'AWS::S3::BucketPolicy')?.properties)
    expect(policy).toContain('arn:aws:iam::111111111111:role/towpath-staging-plan')
    expect(policy).toContain('arn:aws:iam::222222222222:role/towpath-production-deploy')
    expect(policy).not.toContain('towpath-staging-execute')
  })

  test.each(['staging', 'staging=12', 'pre-prod=222222222222', '=222222222222'])('does not let in %j', async (trust) => {
    const { run } = anAccount()
    expect(await refused(run({ trust: [trust] }))).toMatchObject({
      code: 'bad-input',
      message: `'${trust}' is no environment with its account`,
    })
  })

  test.each<Flags>([
    { 'environment-bucket': 'acme-staging' },
    { 'execute-policy': ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
    { stack: ['legacy-db'] },
  ])('takes nothing that is about an environment: %j', async (flags) => {
    const { run } = anAccount()
    const error = await refused(run(flags))
    expect(error).toMatchObject({ code: 'bad-input', message: `--${Object.keys(flags)[0]} is about an environment` })
  })
})

import type { EnvironmentVariables } from '../adapters/aws/client.ts'
import type { Credentials } from '../adapters/aws/credentials.ts'
import type { Cloud, Identity, World } from '../commands/world.ts'
import { TowpathError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import { type Acting, readActing } from '../role.ts'

/** The settings with which AWS is reached. */
export interface CloudSettings extends Acting {
  readonly region: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** Makes the host hide a secret in everything it shows from now on. */
  mask(secret: string): void
  /** The environment variables to use; by default those of this process. */
  readonly environment?: EnvironmentVariables
}

/**
 * AWS as `role`, or with the caller's own credentials, and as any other role. If an account is given, no request is sent before we know
 * that the credentials belong to it: a role of another account is refused at once, credentials before their first use. Throws 'bad-input'
 * for an invalid role or account.
 */
export function realCloud(settings: CloudSettings): Pick<World, keyof Cloud | 'as' | 'template' | 'identityProviders'> {
  const { region, environment } = settings
  const { role, account } = readActing(settings, region)
  const base = once(async () => (role === undefined ? undefined : await credentialsOf(role, settings, region, undefined)))
  const own = cloudOf(base, region, environment)
  const allowed = once(async () => {
    if (account === undefined) return
    const caller = await own.identity(region)
    if (caller.account === account) return
    throw new TowpathError(
      'bad-input',
      `these credentials are of account ${caller.account} (${caller.arn}), and only account ${account} is allowed`,
      { hint: 'use credentials of that account, or check account (or TOWPATH_ACCOUNT)' },
    )
  })
  const checked =
    <G extends unknown[], T>(work: (...given: G) => Promise<T>) =>
    async (...given: G): Promise<T> => {
      await allowed()
      return work(...given)
    }
  return {
    objects: checked(own.objects),
    stacks: checked(own.stacks),
    rollouts: checked(own.rollouts),
    identity: checked(own.identity),
    template: checked(own.template),
    identityProviders: checked(own.identityProviders),
    as: (other, of) =>
      cloudOf(
        once(async () => {
          await allowed()
          return credentialsOf(other, settings, of, await base())
        }),
        of,
        environment,
      ),
  }
}

/** @param credentials undefined: those of the environment or of a profile. @param region the default */
function cloudOf(
  credentials: () => Promise<Credentials | undefined>,
  region: string | undefined,
  environment: EnvironmentVariables = process.env,
) {
  // The identity is the same in every region and at any time.
  let asked = region
  const identify = once(async (): Promise<Identity> => {
    const { identity } = await import('../adapters/aws/sts.ts')
    return identity({ region: asked, environment, credentials: await credentials() })
  })
  return {
    async objects(bucket: string, of = region) {
      const keys = await credentials()
      const { s3Objects } = await import('../adapters/aws/s3.ts')
      return s3Objects(bucket, { region: of, environment, credentials: keys })
    },
    async stacks(of: string) {
      const keys = await credentials()
      const { cloudFormationStacks } = await import('../adapters/aws/cloudformation.ts')
      return cloudFormationStacks(of, { environment, credentials: keys })
    },
    async rollouts(of: string) {
      const keys = await credentials()
      const { codeDeployRollouts } = await import('../adapters/aws/codedeploy.ts')
      return codeDeployRollouts(of, { environment, credentials: keys })
    },
    async template(of: string, stackId: string) {
      const keys = await credentials()
      const { liveTemplate } = await import('../adapters/aws/cloudformation/template.ts')
      return liveTemplate(stackId, { region: of, environment, credentials: keys })
    },
    async identityProviders(of: string) {
      const keys = await credentials()
      const { iamIdentityProviders } = await import('../adapters/aws/iam.ts')
      return iamIdentityProviders({ region: of, environment, credentials: keys })
    },
    identity(of: string | undefined) {
      asked ??= of
      return identify()
    },
  }
}

async function credentialsOf(
  role: string,
  { clock, log, mask, environment = process.env }: CloudSettings,
  region: string | undefined,
  base: Credentials | undefined,
): Promise<Credentials> {
  const [{ actAs }, { stsSessions }, { sessionName }, { idTokenSource }, { userName }] = await Promise.all([
    import('../adapters/aws/act-as.ts'),
    import('../adapters/aws/sts.ts'),
    import('../adapters/aws/session-tags.ts'),
    import('../adapters/github/id-token.ts'),
    import('../adapters/node/origin.ts'),
  ])
  const source = idTokenSource(environment)
  if (source !== undefined) mask(source.bearer)
  return actAs(role, {
    ...{ clock, log, mask, source, random: Math.random },
    sessions: stsSessions({ region, environment }),
    session: sessionName(environment, userName() ?? undefined),
    inActions: environment.GITHUB_ACTIONS === 'true',
    // With GitHub's token no keys are needed, and the search for keys may take long if there are none.
    base: base ?? (source === undefined || environment.AWS_ACCESS_KEY_ID ? 'machine' : undefined),
  })
}

/** Calls a function once and gives everybody the same promise. After a failure the next caller tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

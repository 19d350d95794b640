import type { EnvironmentVariables } from '../adapters/aws/client.ts'
import type { Credentials } from '../adapters/aws/credentials.ts'
import type { Cloud, Identity, World } from '../commands/world.ts'
import { TowpathError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import { type Acting, readActing } from '../role.ts'

/** What the cloud is seen with. */
export interface CloudSettings extends Acting {
  readonly region: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** Has a secret hidden wherever it is shown from now on. */
  mask(secret: string): void
  /** The variables to go by; by default this process's. */
  readonly environment?: EnvironmentVariables
}

/**
 * AWS as `role` sees it, or as the caller's own credentials do, and as any other role would. If an account is given, nothing is asked of
 * AWS before it is known that the credentials are of it: a role of another one is refused at once, credentials before their first use. Throws
 * 'bad-input' for a role or an account that is none.
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

/** @param credentials Undefined: those of the environment or of a profile. @param region Where nothing else is said. */
function cloudOf(
  credentials: () => Promise<Credentials | undefined>,
  region: string | undefined,
  environment: EnvironmentVariables = process.env,
) {
  // Who somebody is does not depend on where it is asked, nor on when.
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
    // With GitHub's word there need be no keys, and the search for them may take long where there are none.
    base: base ?? (source === undefined || environment.AWS_ACCESS_KEY_ID ? 'machine' : undefined),
  })
}

/** The same promise for everybody; one that failed is made anew for the next who asks. */
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

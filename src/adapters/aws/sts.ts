import {
  type Credentials as Answer,
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { type AwsSettings, connection } from './client.ts'
import { SESSION_SECONDS, type SessionKeys } from './credentials.ts'
import { translate } from './errors.ts'
import type { SessionTags } from './session-tags.ts'

/** Whom AWS takes us for: the account (12 digits) and the ARN of the user or role. No permission is needed to ask. */
export async function identity(settings: AwsSettings = {}): Promise<{ readonly account: string; readonly arn: string }> {
  const { config, endpoint, region = '' } = connection('STS', settings)
  const client = new STSClient(config)
  try {
    const { Account: account = '', Arn: arn = '' } = await client.send(new GetCallerIdentityCommand({}))
    return { account, arn }
  } catch (error) {
    const host = endpoint ?? `https://sts.${region}.amazonaws.com`
    throw translate(error, { action: 'sts:GetCallerIdentity', on: 'the caller', endpoint: host, region })
  } finally {
    client.destroy()
  }
}

/** A role, and the name of the session that acts as it. */
export interface Assumed {
  readonly role: string
  readonly session: string
}

/** The ways to become a role. What goes wrong is thrown as the SDK throws it: the callers tell people what it means. */
export interface Sessions {
  /** With what GitHub signed of this job; no keys are needed. */
  withWebIdentity(assumed: Assumed, idToken: string): Promise<SessionKeys>
  /** With keys; by default those that the settings or the machine have. */
  withKeys(assumed: Assumed, tags: SessionTags, keys?: SessionKeys): Promise<SessionKeys>
}

export function stsSessions(settings: AwsSettings): Sessions {
  /** A client for one request: nothing is kept of the keys. */
  async function through<T>(own: Partial<AwsSettings>, work: (client: STSClient) => Promise<T>): Promise<T> {
    const client = new STSClient(connection('STS', { ...settings, ...own }).config)
    try {
      return await work(client)
    } finally {
      client.destroy()
    }
  }
  const requestOf = ({ role, session }: Assumed) => ({ RoleArn: role, RoleSessionName: session, DurationSeconds: SESSION_SECONDS })

  return {
    withWebIdentity: (assumed, WebIdentityToken) =>
      through({}, async (client) => {
        const request = new AssumeRoleWithWebIdentityCommand({ ...requestOf(assumed), WebIdentityToken })
        return keysOf((await client.send(request)).Credentials)
      }),
    withKeys: (assumed, tags, keys) => {
      const own = keys === undefined ? {} : { credentials: Object.assign(async () => keys, { memoized: true as const }) }
      return through(own, async (client) => {
        const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
        const request = new AssumeRoleCommand({ ...requestOf(assumed), ...(Tags.length > 0 ? { Tags } : {}) })
        return keysOf((await client.send(request)).Credentials)
      })
    },
  }
}

function keysOf(answer: Answer | undefined): SessionKeys {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = answer ?? {}
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error('the answer of STS holds no credentials')
  return { accessKeyId, secretAccessKey, sessionToken }
}

import { CreateOpenIDConnectProviderCommand, GetOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam'
import type { IdentityProviders } from '../../platform/identity-providers.ts'
import { type AwsSettings, connection } from './client.ts'
import { translate } from './errors.ts'
import { factsOf } from './facts.ts'

/** The identity providers of the account that the credentials are of. IAM is one service for all regions. */
export function iamIdentityProviders(settings: AwsSettings = {}): IdentityProviders {
  const { config, endpoint, region = '' } = connection('IAM', settings)

  async function asking<T>(action: string, on: string, ask: (client: IAMClient) => Promise<T>): Promise<T> {
    const client = new IAMClient(config)
    try {
      return await ask(client)
    } catch (error) {
      throw translate(error, { action: `iam:${action}`, on, endpoint: endpoint ?? 'https://iam.amazonaws.com', region })
    } finally {
      client.destroy()
    }
  }

  return {
    find: (arn) =>
      asking('GetOpenIDConnectProvider', arn, async (client) => {
        const found = await client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })).catch(named('NoSuchEntity'))
        return found && { arn, audiences: found.ClientIDList ?? [] }
      }),
    // No thumbprint: AWS goes by its own list of authorities for GitHub. Source: IAM API reference, CreateOpenIDConnectProvider.
    create: (url, audience) =>
      asking('CreateOpenIDConnectProvider', url, async (client) => {
        const request = new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: [audience] })
        const made = await client.send(request).catch(named('EntityAlreadyExists'))
        return made === undefined ? 'exists' : 'created'
      }),
  }
}

/** Undefined for an error of this name; any other goes on. */
function named(name: string): (error: unknown) => undefined {
  return (error) => {
    if (!factsOf(error).name.startsWith(name)) throw error
    return undefined
  }
}

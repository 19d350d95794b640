import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type AwsSettings, connection } from './client.ts'
import { translate } from './errors.ts'

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

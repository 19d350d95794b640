import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation'
import { type AwsSettings, connection } from '../client.ts'
import { translate } from '../errors.ts'
import { requirePart } from './answers.ts'
import { callOf } from './calls.ts'

/** The template of a stack that exists, as it was sent. @param settings `region` is the stack's. */
export async function liveTemplate(stackId: string, settings: AwsSettings & { readonly region: string }): Promise<string> {
  const { config, endpoint } = connection('CLOUDFORMATION', settings)
  const client = new CloudFormationClient(config)
  try {
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: stackId, TemplateStage: 'Original' }))
    return requirePart(TemplateBody, 'template')
  } catch (error) {
    throw translate(error, callOf('template', stackId, { region: settings.region, endpoint }))
  } finally {
    client.destroy()
  }
}

import { buffer } from 'node:stream/consumers'
import { CreateFunctionCommand, InvokeCommand, LambdaClient, type Runtime } from '@aws-sdk/client-lambda'
import { ZipFile } from 'yazl'
import type { ClientSettings } from './aws.ts'

/** A function of one file on the emulator; its handler is `index.handler`. */
export interface TestFunction {
  /** Calls it and gives its answer. */
  call(payload?: unknown): Promise<unknown>
  /** Has it called, without waiting for it. */
  start(): Promise<void>
  close(): void
}

export async function aFunction(settings: ClientSettings, runtime: Runtime, code: string): Promise<TestFunction> {
  const client = new LambdaClient(settings)
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(code), runtime.startsWith('python') ? 'index.py' : 'index.mjs')
  zip.end()
  const name = `function-${runtime.replace('.', '-')}`
  await client.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: runtime,
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/test',
      Timeout: 60,
      Code: { ZipFile: await buffer(zip.outputStream) },
    }),
  )
  return {
    async call(payload = {}) {
      const reply = await client.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload) }))
      const text = new TextDecoder().decode(reply.Payload)
      if (reply.FunctionError !== undefined) throw new Error(text)
      return JSON.parse(text)
    },
    async start() {
      await client.send(new InvokeCommand({ FunctionName: name, InvocationType: 'Event' }))
    },
    close: () => client.destroy(),
  }
}

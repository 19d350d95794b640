import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from '@jest/globals'
import { type AwsEnvironment, type LocalAws, startAws } from '../../local/aws.ts'
import { ensurePython } from '../../scripts/python.mjs'

/** What an SDK client is made with to reach the emulator. */
export interface ClientSettings {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** The emulator of one test file. It answers from the first `beforeEach` or test on, not while tests are being declared. */
export interface TestAws {
  readonly endpoint: string
  readonly region: string
  /** An account (12 digits) that nothing else in this file uses: a world of its own on the shared emulator. */
  account(): string
  /** The variables that point Towpath at the emulator. @param account 12 digits; by default 000000000000. */
  environment(account?: string): AwsEnvironment
  /** Settings for an SDK client; S3's needs `forcePathStyle` as well. */
  client(account?: string): ClientSettings
}

/** The repository's folder. */
const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Starts an emulator before the tests of the calling file, and stops it after them. @param auth True: it judges policies and trusts; an
 * account's id is then no key any more, only `test` is.
 */
export function withAws({ auth = false }: { readonly auth?: boolean } = {}): TestAws {
  let running: LocalAws | undefined
  let accounts = 0
  beforeAll(async () => {
    running = await startAws({ auth, python: await ensurePython(root, { say: (line) => process.stderr.write(`${line}\n`) }) })
  })
  afterAll(() => running?.stop())

  function aws(): LocalAws {
    if (!running) throw new Error('the emulator runs only while the tests do: ask for it inside of one')
    return running
  }
  function environment(account?: string): AwsEnvironment {
    return account === undefined ? aws().environment : { ...aws().environment, AWS_ACCESS_KEY_ID: account }
  }
  return {
    get endpoint() {
      return aws().endpoint
    },
    get region() {
      return aws().region
    },
    account: () => String(100_000_000_000 + ++accounts),
    environment,
    client(account) {
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment(account)
      return { endpoint: aws().endpoint, region: aws().region, credentials: { accessKeyId, secretAccessKey } }
    },
  }
}

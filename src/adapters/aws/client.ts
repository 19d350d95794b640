import { TowpathError } from '../../errors.ts'
import type { Credentials } from './credentials.ts'

/** Environment variables as a client reads them. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>

export interface AwsSettings {
  /** The region given by the user; by default AWS_REGION, AWS_DEFAULT_REGION, or that of the profile in use. */
  readonly region?: string | undefined
  /** The variables to go by; by default this process's. Profiles and roles of the machine are read from this process's in any case. */
  readonly environment?: EnvironmentVariables
  /** Keys of a role that is acted as; by default those of the environment, or of a profile. */
  readonly credentials?: Credentials | undefined
  /** How long a connection may be silent, in milliseconds, before the request is tried again. */
  readonly patience?: number
}

const PATIENCE = 30_000
/** How long a connection may take to be made, in milliseconds. */
const CONNECT_WITHIN = 10_000
/** How many times a request is sent before we give up. */
const ATTEMPTS = 5
/** More than anybody here has under way at once: a request that waited for a connection would be taken for a connection that fails. */
const CONNECTIONS = 128

/** How to make a client of one service: what all of ours have in common. */
export interface Connection {
  /** Set if the environment names an endpoint of its own: without a slash at its end. */
  readonly endpoint: string | undefined
  /** Undefined if only a profile could say. */
  readonly region: string | undefined
  readonly config: {
    readonly endpoint?: string
    readonly region?: string
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | Credentials
    readonly maxAttempts: number
    readonly retryMode: 'standard'
    readonly requestHandler: object
    readonly logger: Readonly<Record<'trace' | 'debug' | 'info' | 'warn' | 'error', () => void>>
  }
}

const quiet = () => {}

/**
 * Reads how to reach a service. @param service As in AWS_ENDPOINT_URL_<SERVICE>: `S3`, `CLOUDFORMATION`, `STS`. Throws 'bad-input' if
 * the endpoint is no URL. Source of the variables: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
 */
export function connection(service: string, settings: AwsSettings): Connection {
  const environment = settings.environment ?? process.env
  const endpoint = endpointOf(service, environment)
  const region = settings.region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment
  const agent = { maxSockets: CONNECTIONS }
  return {
    endpoint,
    region,
    config: {
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      // Keys in the environment go before a profile, as in the AWS CLI; the SDK has it the other way round and prints a warning.
      ...(settings.credentials !== undefined
        ? { credentials: settings.credentials }
        : accessKeyId && secretAccessKey
          ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
          : {}),
      maxAttempts: ATTEMPTS,
      retryMode: 'standard',
      requestHandler: {
        connectionTimeout: CONNECT_WITHIN,
        socketTimeout: settings.patience ?? PATIENCE,
        httpAgent: agent,
        httpsAgent: agent,
      },
      // Without one the SDK writes warnings to the console.
      logger: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
  }
}

function endpointOf(service: string, environment: EnvironmentVariables): string | undefined {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return undefined
  const name = [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL'].find((variable) => environment[variable])
  if (name === undefined) return undefined
  const given = environment[name] ?? ''
  if (!/^https?:\/\/[^/]/.test(given) || !URL.canParse(given))
    throw new TowpathError('bad-input', `${name} is '${given}', which is no http or https URL`)
  return given.replace(/\/+$/, '')
}

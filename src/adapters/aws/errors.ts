import { type ErrorCode, type ErrorDetails, TowpathError } from '../../errors.ts'
import { type Facts, factsOf } from './facts.ts'

/** One request to AWS, in the words of an error message. */
export interface Call {
  /** As IAM names it: `s3:PutObject`. */
  readonly action: string
  /** What it was about, as people read it: `bucket 'acme', key 'locks/a.json'`. */
  readonly on: string
  /** Where it was sent. */
  readonly endpoint: string
  readonly region: string
  readonly bucket?: string
}

interface Row {
  readonly code: ErrorCode
  /** The names by which AWS's services, or the SDK, call this. */
  readonly names: readonly string[]
  /** Tells it where there is no name to go by. */
  readonly also?: (facts: Facts) => boolean
  readonly blame?: ErrorDetails['blame']
  readonly transient?: true
  readonly message: (facts: Facts, call: Call) => string
  readonly hint?: (facts: Facts, call: Call) => string
}

/** The codes of connections that fail. Source: Node's documentation, "Common system errors" and "OpenSSL errors". */
const OF_THE_NETWORK =
  /^(ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|EHOST|ENET|EPROTO|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/

/**
 * What each failure of an AWS call means to whoever ran us; the first row that fits speaks. Source of the names: the error tables
 * of the S3, STS and CloudFormation API references, and the error classes of the SDK.
 */
const rows: readonly Row[] = [
  {
    code: 'bad-input',
    names: [],
    also: ({ text }) => /^region is missing/i.test(text),
    message: () => 'no region: give --region or set AWS_REGION',
  },
  {
    code: 'not-found',
    names: ['NoSuchBucket'],
    message: (_, { bucket, on }) => `${bucket === undefined ? on : `bucket '${bucket}'`} does not exist`,
    hint: (_, { bucket }) => `check the name, or create it with \`towpath bootstrap --bucket ${bucket ?? 'NAME'}\``,
  },
  {
    code: 'bad-input',
    names: ['InvalidBucketName', 'EndpointError'],
    message: ({ text }, { on }) => `${on} cannot be asked for: ${text}`,
    hint: () => 'check the name of the bucket and of the region',
  },
  {
    code: 'no-credentials',
    names: ['CredentialsProviderError', 'TokenProviderError', 'CredentialsError'],
    message: ({ text }) => `there are no AWS credentials to use: ${text}`,
    hint: () => 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or log in with `aws sso login`',
  },
  {
    code: 'no-credentials',
    names: ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'],
    message: () => 'the AWS credentials have expired',
    hint: () => 'get new ones (log in again, or renew AWS_SESSION_TOKEN and its keys) and run again',
  },
  {
    code: 'no-credentials',
    names: ['InvalidAccessKeyId', 'InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidToken', 'NotSignedUp'],
    message: (_, { endpoint }) => `${endpoint} does not know the access key it was given`,
    hint: () => 'check AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN, or the profile in AWS_PROFILE: the key may have been deleted',
  },
  {
    code: 'no-credentials',
    names: ['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'],
    message: () => 'the secret access key does not belong to the access key',
    hint: () => 'check AWS_SECRET_ACCESS_KEY, or the profile in AWS_PROFILE: a part may be missing, or be of another key',
  },
  {
    code: 'no-credentials',
    names: ['RequestTimeTooSkewed', 'RequestInTheFuture'],
    message: () => `the clock of this machine says ${new Date().toISOString()}, which differs too much from AWS's to sign requests`,
    hint: () => 'set the clock right (by NTP, say) and run again',
  },
  {
    code: 'bad-input',
    names: ['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'],
    also: ({ status }) => status === 301 || status === 307,
    message: ({ region }, { on, bucket, region: ours }) =>
      `${bucket === undefined ? on : `bucket '${bucket}'`} is ${region === undefined ? 'not' : `in ${region}, not`} in ${ours}`,
    hint: ({ region }) => `give --region ${region ?? 'with the region it is in'}, or set AWS_REGION`,
  },
  {
    code: 'denied',
    names: ['AccessDenied', 'AccessDeniedException', 'AllAccessDisabled', 'UnauthorizedOperation', 'AuthorizationError'],
    also: ({ status }) => status === 403 || status === 401,
    message: ({ name, text }, { action, on }) => `${action} on ${on} was denied${name === 'Unknown' ? '' : `: ${text}`}`,
    hint: (_, { action }) =>
      action === 's3:GetObject'
        ? 'allow it to the role or user that runs this, and s3:ListBucket too: without that, S3 says this of a key that is not there'
        : 'allow it to the role or user that runs this',
  },
  {
    code: 'failed',
    names: ['BadDigest', 'XAmzContentSHA256Mismatch', 'InvalidDigest'],
    message: (_, { on }) => `what was sent to ${on} is not what its digest says`,
    hint: () => 'the file was changed while it was sent, or damaged on the way; run again',
  },
  {
    code: 'failed',
    names: ['ConditionalRequestConflict', 'OperationAborted'],
    blame: 'service',
    transient: true,
    message: (_, { on }) => `${on} is being written by others all the time`,
    hint: () => 'wait for them to end and run again',
  },
  {
    code: 'failed',
    names: ['SlowDown', 'Throttling', 'ThrottlingException', 'ThrottledException', 'TooManyRequestsException', 'RequestLimitExceeded'],
    also: ({ status }) => status === 429,
    blame: 'service',
    transient: true,
    message: ({ attempts }, { endpoint, action }) => `${endpoint} still asks us to slow down after ${times(attempts)} at ${action}`,
    hint: () => 'other work of this account may be using up its limits; run again later',
  },
  {
    code: 'failed',
    names: ['InsufficientCapabilitiesException'],
    message: ({ text }, { on }) => `the template of ${on} makes IAM resources that were not acknowledged: ${text}`,
    hint: () => 'a template nested in it may make them: such a stack has to be made outside of Towpath, or without IAM resources',
  },
  {
    code: 'failed',
    names: ['LimitExceededException', 'LimitExceeded'],
    blame: 'service',
    message: ({ text }, { on, action }) => `a limit of the account keeps ${action} on ${on} from being done: ${text}`,
    hint: () => 'ask AWS for a higher quota, or delete what is no longer used',
  },
  {
    code: 'failed',
    names: ['ValidationError', 'ValidationException'],
    message: ({ text }, { on, action }) => `${action} on ${on} was refused: ${text}`,
  },
  {
    code: 'failed',
    names: ['TimeoutError', 'RequestTimeout', 'RequestTimeoutException'],
    also: ({ errno, status }) => status === undefined && errno !== undefined && OF_THE_NETWORK.test(errno),
    blame: 'service',
    transient: true,
    message: ({ errno, text, attempts }, { endpoint }) => `${endpoint} could not be reached in ${times(attempts)}: ${errno ?? text}`,
    hint: () => 'check the network and the region, and AWS_ENDPOINT_URL if it is set',
  },
  {
    code: 'failed',
    names: [],
    also: ({ status }) => status !== undefined && status >= 500,
    blame: 'service',
    transient: true,
    message: ({ status, name, attempts }, { endpoint, action }) =>
      `${endpoint} still answers ${status} (${name}) after ${times(attempts)} at ${action}`,
    hint: () => 'the service has a problem of its own; run again later',
  },
]

/** The error that tells what became of a call. A TowpathError is given back as it is. */
export function translate(error: unknown, call: Call): TowpathError {
  if (error instanceof TowpathError) return error
  const facts = factsOf(error)
  const row = rows.find(({ names, also }) => names.includes(facts.name) || also?.(facts))
  if (!row) {
    const answer = facts.status === undefined ? facts.name : `${facts.name}, HTTP ${facts.status}`
    return new TowpathError('failed', `${call.action} on ${call.on} failed (${answer}): ${facts.text}`, { blame: 'service', cause: error })
  }
  const hint = row.hint?.(facts, call)
  return new TowpathError(row.code, row.message(facts, call), {
    cause: error,
    ...(row.blame === undefined ? {} : { blame: row.blame }),
    transient: row.transient ?? false,
    ...(hint === undefined ? {} : { hint }),
  })
}

function times(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`
}

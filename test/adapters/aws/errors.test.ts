import { describe, expect, test } from '@jest/globals'
import { type Call, translate } from '../../../src/adapters/aws/errors.ts'
import { TowpathError } from '../../../src/errors.ts'

const call: Call = {
  action: 's3:PutObject',
  on: "bucket 'acme', key 'a.json'",
  endpoint: 'https://s3.eu-west-1.amazonaws.com',
  region: 'eu-west-1',
  bucket: 'acme',
}

/** An error as the SDK throws it. */
function anError(name: string, fields: Readonly<Record<string, unknown>> = {}, status?: number, attempts = 1): Error {
  const { message = `the message of ${name}`, ...rest } = fields
  return Object.assign(new Error(String(message)), { name, $metadata: { httpStatusCode: status, attempts } }, rest)
}

/** What the error is called in the test, the error, and what becomes of it. */
type Row = readonly [what: string, error: unknown, code: string, message: string, hint: RegExp]

const { endpoint } = call
const object = call.on
const credentials = 'Could not load credentials from any providers'
const elsewhere = { $response: { headers: { 'x-amz-bucket-region': 'us-east-2' } } }
const deep = Object.assign(new Error('inner'), { cause: { code: 'ECONNRESET' } })
const slow = `${endpoint} still asks us to slow down after 5 attempts at s3:PutObject`
const unreachable = `${endpoint} could not be reached in`

const ofTheUser: readonly Row[] = [
  ['no region', new Error('Region is missing'), 'bad-input', 'no region: give --region or set AWS_REGION', /^$/],
  ['no bucket', anError('NoSuchBucket', {}, 404), 'not-found', "bucket 'acme' does not exist", /name.*towpath bootstrap --bucket acme/],
  [
    'an odd bucket',
    anError('InvalidBucketName', { message: 'Not valid.' }, 400),
    'bad-input',
    `${object} cannot be asked for: Not valid`,
    /name/,
  ],
  [
    'no keys',
    anError('CredentialsProviderError', { message: credentials }),
    'no-credentials',
    `there are no AWS credentials to use: ${credentials}`,
    /login/,
  ],
  ['old keys', anError('ExpiredToken', {}, 400), 'no-credentials', 'the AWS credentials have expired', /get new ones/],
  [
    'an unknown key',
    anError('InvalidAccessKeyId', {}, 403),
    'no-credentials',
    `${endpoint} does not know the access key it was given`,
    /KEY_ID/,
  ],
  [
    'one of STS',
    anError('InvalidClientTokenId', {}, 403),
    'no-credentials',
    `${endpoint} does not know the access key it was given`,
    /KEY_ID/,
  ],
  [
    'a wrong secret',
    anError('SignatureDoesNotMatch', {}, 403),
    'no-credentials',
    'the secret access key does not belong to the access key',
    /SECRET/,
  ],
  [
    'a region in the body',
    anError('AuthorizationHeaderMalformed', { Region: 'eu-central-1' }, 400),
    'bad-input',
    "bucket 'acme' is in eu-central-1, not in eu-west-1",
    /--region eu-central-1/,
  ],
  [
    'a region in a header',
    anError('PermanentRedirect', elsewhere, 301),
    'bad-input',
    "bucket 'acme' is in us-east-2, not in eu-west-1",
    /--region us-east-2/,
  ],
  [
    'a region of a HEAD',
    anError('Unknown', elsewhere, 301),
    'bad-input',
    "bucket 'acme' is in us-east-2, not in eu-west-1",
    /--region us-east-2/,
  ],
  ['a region not told', anError('PermanentRedirect', {}, 301), 'bad-input', "bucket 'acme' is not in eu-west-1", /--region/],
  [
    'a denial',
    anError('AccessDenied', { message: 'Access Denied' }, 403),
    'denied',
    `s3:PutObject on ${object} was denied: Access Denied`,
    /allow it/,
  ],
  ['a denied HEAD', anError('Unknown', { message: 'UnknownError' }, 403), 'denied', `s3:PutObject on ${object} was denied`, /allow it/],
  ['a wrong digest', anError('BadDigest', {}, 400), 'failed', `what was sent to ${object} is not what its digest says`, /run again/],
  ['a refused request', anError('ValidationError', { message: 'No.' }, 400), 'failed', `s3:PutObject on ${object} was refused: No`, /^$/],
]

const ofTheService: readonly Row[] = [
  [
    'others that keep writing',
    anError('ConditionalRequestConflict', {}, 409),
    'failed',
    `${object} is being written by others all the time`,
    /run again/,
  ],
  ['throttling', anError('SlowDown', {}, 503, 5), 'failed', slow, /later/],
  ['throttling of other services', anError('Throttling', {}, 400, 5), 'failed', slow, /later/],
  ['throttling without a name', anError('Unknown', {}, 429, 5), 'failed', slow, /later/],
  [
    'a limit',
    anError('LimitExceededException', { message: 'Too many.' }, 400),
    'failed',
    `a limit of the account keeps s3:PutObject on ${object} from being done: Too many`,
    /quota/,
  ],
  [
    'nobody there',
    anError('Error', { code: 'ECONNREFUSED' }, undefined, 5),
    'failed',
    `${unreachable} 5 attempts: ECONNREFUSED`,
    /AWS_ENDPOINT_URL/,
  ],
  ['no such host', anError('Error', { code: 'ENOTFOUND' }, undefined, 5), 'failed', `${unreachable} 5 attempts: ENOTFOUND`, /the region/],
  ['a bad certificate', anError('Error', { code: 'CERT_HAS_EXPIRED' }), 'failed', `${unreachable} 1 attempt: CERT_HAS_EXPIRED`, /network/],
  [
    'silence',
    anError('TimeoutError', { message: 'It timed out.' }, undefined, 5),
    'failed',
    `${unreachable} 5 attempts: It timed out`,
    /network/,
  ],
  ['a break, deep down', anError('Error', { cause: deep }), 'failed', `${unreachable} 1 attempt: ECONNRESET`, /network/],
  [
    'a broken service',
    anError('InternalError', {}, 500, 5),
    'failed',
    `${endpoint} still answers 500 (InternalError) after 5 attempts at s3:PutObject`,
    /later/,
  ],
  [
    'anything else',
    anError('EntityTooLarge', { message: 'Too large.' }, 400),
    'failed',
    `s3:PutObject on ${object} failed (EntityTooLarge, HTTP 400): Too large`,
    /^$/,
  ],
  [
    'a file that is missing',
    anError('Error', { code: 'ENOENT', message: 'no file' }),
    'failed',
    `s3:PutObject on ${object} failed (Error): no file`,
    /^$/,
  ],
  ['no error at all', 'text', 'failed', `s3:PutObject on ${object} failed (Unknown): text`, /^$/],
]

describe('an error of AWS is told in our words', () => {
  test.each(ofTheUser)('%s', (_, error, code, message, hint) => {
    const told = translate(error, call)
    expect(told).toMatchObject({ code, blame: 'user', message, cause: error })
    expect(told.hint ?? '').toMatch(hint)
  })

  test.each(ofTheService)('%s', (_, error, code, message, hint) => {
    const told = translate(error, call)
    expect(told).toMatchObject({ code, blame: 'service', message, cause: error })
    expect(told.hint ?? '').toMatch(hint)
  })

  test('a clock that is wrong is told with what it says', () => {
    const { code, message, hint } = translate(anError('RequestTimeTooSkewed', {}, 403), call)
    expect({ code, message }).toEqual({
      code: 'no-credentials',
      message: expect.stringMatching(/the clock of this machine says \d{4}-\d\d-\d\dT/),
    })
    expect(hint).toContain('NTP')
  })

  test('a denied read says what S3 hides without s3:ListBucket', () => {
    expect(translate(anError('AccessDenied', {}, 403), { ...call, action: 's3:GetObject' }).hint).toContain('s3:ListBucket')
  })

  test('one that is told already stays as it is', () => {
    const told = new TowpathError('denied', 'no')
    expect(translate(told, call)).toBe(told)
  })
})

test('a message is one line of at most 500 characters, without control characters', () => {
  const text = `\u001b[31mred\n\n\ttemplate\u202e ${'x'.repeat(51_200)} is too large.`
  const { message } = translate(anError('MalformedXML', { message: text }, 400), call)
  const [before, after = ''] = message.split('): ')
  expect(before).toBe(`s3:PutObject on ${object} failed (MalformedXML, HTTP 400`)
  // What is wrong may stand at either end.
  expect(after).toMatch(/^\[31mred template x+ … x+ is too large$/)
  expect(after.length).toBeLessThanOrEqual(500)
})

test('advice to debuggers is left out', () => {
  const message =
    'Unexpected token\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.'
  expect(translate(anError('SyntaxError', { message }, 400), call).message).toMatch(/: Unexpected token$/)
})

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

describe('an error of AWS is told in our words', () => {
  test.each<[string, unknown, string, string, string, RegExp]>([
    ['no region', new Error('Region is missing'), 'bad-input', 'user', 'no region: give --region or set AWS_REGION', /^$/],
    [
      'a missing bucket',
      anError('NoSuchBucket', {}, 404),
      'not-found',
      'user',
      "bucket 'acme' does not exist",
      /check the name.*towpath bootstrap --bucket acme/,
    ],
    [
      'an impossible bucket',
      anError('InvalidBucketName', { message: 'The specified bucket is not valid.' }, 400),
      'bad-input',
      'user',
      "bucket 'acme', key 'a.json' cannot be asked for: The specified bucket is not valid",
      /check the name/,
    ],
    [
      'no credentials',
      anError('CredentialsProviderError', { message: 'Could not load credentials from any providers' }),
      'no-credentials',
      'user',
      'there are no AWS credentials to use: Could not load credentials from any providers',
      /AWS_ACCESS_KEY_ID.*aws sso login/,
    ],
    ['expired credentials', anError('ExpiredToken', {}, 400), 'no-credentials', 'user', 'the AWS credentials have expired', /get new ones/],
    [
      'an unknown key',
      anError('InvalidAccessKeyId', {}, 403),
      'no-credentials',
      'user',
      'https://s3.eu-west-1.amazonaws.com does not know the access key it was given',
      /AWS_ACCESS_KEY_ID/,
    ],
    [
      'an unknown key elsewhere',
      anError('InvalidClientTokenId', {}, 403),
      'no-credentials',
      'user',
      'https://s3.eu-west-1.amazonaws.com does not know the access key it was given',
      /AWS_ACCESS_KEY_ID/,
    ],
    [
      'a wrong secret',
      anError('SignatureDoesNotMatch', {}, 403),
      'no-credentials',
      'user',
      'the secret access key does not belong to the access key',
      /AWS_SECRET_ACCESS_KEY/,
    ],
    [
      'another region, named in the answer',
      anError('AuthorizationHeaderMalformed', { Region: 'eu-central-1' }, 400),
      'bad-input',
      'user',
      "bucket 'acme' is in eu-central-1, not in eu-west-1",
      /--region eu-central-1/,
    ],
    [
      'another region, named in a header',
      anError('PermanentRedirect', { $response: { headers: { 'x-amz-bucket-region': 'us-east-2' } } }, 301),
      'bad-input',
      'user',
      "bucket 'acme' is in us-east-2, not in eu-west-1",
      /--region us-east-2/,
    ],
    [
      'another region, of a HEAD',
      anError('Unknown', { $response: { headers: { 'x-amz-bucket-region': 'us-east-2' } } }, 301),
      'bad-input',
      'user',
      "bucket 'acme' is in us-east-2, not in eu-west-1",
      /--region us-east-2/,
    ],
    [
      'another region, not named',
      anError('PermanentRedirect', {}, 301),
      'bad-input',
      'user',
      "bucket 'acme' is not in eu-west-1",
      /--region/,
    ],
    [
      'a denial',
      anError('AccessDenied', { message: 'Access Denied' }, 403),
      'denied',
      'user',
      "s3:PutObject on bucket 'acme', key 'a.json' was denied: Access Denied",
      /allow it to the role/,
    ],
    [
      'a denial without a name',
      anError('Unknown', { message: 'UnknownError' }, 403),
      'denied',
      'user',
      "s3:PutObject on bucket 'acme', key 'a.json' was denied",
      /allow it to the role/,
    ],
    [
      'a wrong digest',
      anError('BadDigest', {}, 400),
      'failed',
      'user',
      "what was sent to bucket 'acme', key 'a.json' is not what its digest says",
      /run again/,
    ],
    [
      'others that keep writing',
      anError('ConditionalRequestConflict', {}, 409),
      'failed',
      'service',
      "bucket 'acme', key 'a.json' is being written by others all the time",
      /run again/,
    ],
    [
      'throttling',
      anError('SlowDown', {}, 503, 5),
      'failed',
      'service',
      'https://s3.eu-west-1.amazonaws.com still asks us to slow down after 5 attempts at s3:PutObject',
      /later/,
    ],
    [
      'throttling without a name',
      anError('Unknown', {}, 429, 5),
      'failed',
      'service',
      'https://s3.eu-west-1.amazonaws.com still asks us to slow down after 5 attempts at s3:PutObject',
      /later/,
    ],
    [
      'nobody there',
      anError('Error', { code: 'ECONNREFUSED' }, undefined, 5),
      'failed',
      'service',
      'https://s3.eu-west-1.amazonaws.com could not be reached in 5 attempts: ECONNREFUSED',
      /AWS_ENDPOINT_URL/,
    ],
    [
      'no such host',
      anError('Error', { code: 'ENOTFOUND' }, undefined, 5),
      'failed',
      'service',
      'https://s3.eu-west-1.amazonaws.com could not be reached in 5 attempts: ENOTFOUND',
      /the region/,
    ],
    [
      'a certificate nobody trusts',
      anError('Error', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'failed',
      'service',
      'https://s3.eu-west-1.amazonaws.com could not be reached in 1 attempt: SELF_SIGNED_CERT_IN_CHAIN',
      /network/,
    ],
    [
      'silence',
      anError('TimeoutError', { message: 'the socket timed out.' }, undefined, 5),
      'failed',
      'service',
      'https://s3.eu-west-1.amazonaws.com could not be reached in 5 attempts: the socket timed out',
      /network/,
    ],
    [
      'a connection that broke, deep down',
      anError('Error', { cause: Object.assign(new Error(), { cause: { code: 'ECONNRESET' } }) }),
      'failed',
      'service',
      'https://s3.eu-west-1.amazonaws.com could not be reached in 1 attempt: ECONNRESET',
      /network/,
    ],
    [
      'a broken service',
      anError('InternalError', {}, 500, 5),
      'failed',
      'service',
      'https://s3.eu-west-1.amazonaws.com still answers 500 (InternalError) after 5 attempts at s3:PutObject',
      /later/,
    ],
    [
      'anything else',
      anError('EntityTooLarge', { message: 'Your proposed upload is too large.' }, 400),
      'failed',
      'service',
      "s3:PutObject on bucket 'acme', key 'a.json' failed (EntityTooLarge, HTTP 400): Your proposed upload is too large",
      /^$/,
    ],
    [
      'a mistake of our own',
      new TypeError('x is undefined'),
      'failed',
      'service',
      "s3:PutObject on bucket 'acme', key 'a.json' failed (TypeError): x is undefined",
      /^$/,
    ],
    ['no error at all', 'text', 'failed', 'service', "s3:PutObject on bucket 'acme', key 'a.json' failed (Unknown): text", /^$/],
  ])('%s', (_, error, code, blame, message, hint) => {
    const told = translate(error, call)
    expect(told).toMatchObject({ code, blame, message, cause: error })
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
  const { message } = translate(
    anError('ValidationError', { message: `\u001b[31mred\n\n\ttemplate\u202e ${'x'.repeat(51_200)}` }, 400),
    call,
  )
  const [before = '', after = ''] = message.split('): ')
  expect(before).toBe("s3:PutObject on bucket 'acme', key 'a.json' failed (MalformedXML, HTTP 400")
  expect(after).toMatch(/^\[31mred template x+…$/)
  expect(after).toHaveLength(500)
})

test('advice to debuggers is left out', () => {
  const message =
    'Unexpected token\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.'
  expect(translate(anError('SyntaxError', { message }, 400), call).message).toMatch(/: Unexpected token$/)
})

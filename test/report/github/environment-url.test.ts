import { describe, expect, test } from '@jest/globals'
import { environmentUrl } from '../../../src/report/github/environment-url.ts'

const stack = (outputs: Readonly<Record<string, string>>, name = 'main') => ({ stack: name, outputs })

describe('where a service answers', () => {
  test.each([
    ['an output named Url', { Url: 'https://a.test/' }, 'https://a.test/'],
    ['any case of it', { URL: 'http://a.test' }, 'http://a.test'],
    ['one whose name ends so', { SiteUrl: 'https://site.test' }, 'https://site.test'],
    ['Url before all others', { ApiUrl: 'https://api.test', Url: 'https://a.test' }, 'https://a.test'],
    ['the first by name', { WebUrl: 'https://web.test', ApiUrl: 'https://api.test' }, 'https://api.test'],
    ['nothing where no name says so', { Endpoint: 'https://a.test', curl: 'https://b.test' }, null],
    ['nothing that is no address', { Url: 'a.test' }, null],
    ['no script', { Url: 'javascript:alert(1)' }, null],
    ['no file', { Url: 'file:///etc/passwd' }, null],
    ['nothing with credentials', { Url: 'https://user:word@a.test' }, null],
    ['nothing signed', { Url: 'https://bucket.test/key?X-Amz-Signature=secret' }, null],
    ['no queue', { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/jobs' }, null],
    ['no bucket', { BucketUrl: 'https://acme.s3.eu-west-1.amazonaws.com' }, null],
    ['a load balancer', { Url: 'http://acme-1.eu-west-1.elb.amazonaws.com' }, 'http://acme-1.eu-west-1.elb.amazonaws.com'],
    ['an API', { ApiUrl: 'https://x1.execute-api.eu-west-1.amazonaws.com/live' }, 'https://x1.execute-api.eu-west-1.amazonaws.com/live'],
    ['a function', { Url: 'https://x1.lambda-url.eu-west-1.on.aws/' }, 'https://x1.lambda-url.eu-west-1.on.aws/'],
    ['nothing endless', { Url: `https://a.test/${'x'.repeat(2_000)}` }, null],
  ])('is %s', (_, outputs, url) => {
    expect(environmentUrl([stack(outputs)])).toBe(url)
  })

  test('is what the stack says that the others come before', () => {
    expect(environmentUrl([stack({ Url: 'https://inner.test' }), stack({ Url: 'https://outer.test' }, 'front')])).toBe('https://outer.test')
    expect(environmentUrl([stack({ Url: 'https://inner.test' }), stack({ ApiUrl: 'https://outer.test' }, 'front')])).toBe(
      'https://inner.test',
    )
    expect(environmentUrl([])).toBeNull()
  })
})

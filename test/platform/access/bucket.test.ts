import { describe, expect, test } from '@jest/globals'
import {
  blobKey,
  channelKey,
  entryKey,
  environmentKey,
  headKey,
  keyPatterns,
  lockKey,
  ownerKey,
  platformReleaseKey,
  recordKey,
  releaseKey,
  revisionKey,
  runtimeKey,
  segmentKey,
} from '../../../src/bucket/keys.ts'
import { digestOf } from '../../../src/digest.ts'
import { conditionalSids } from '../../../src/platform/access/bucket-access.ts'
import { type Ask, judge, like } from '../../world/iam.ts'
import { account, anEnvironment, aPlatformGround, platformBucket } from './grounds.ts'
import { bucketPolicyIn, policiesIn } from './requests.ts'

const hex = '0'.repeat(64)
const written = {
  blob: blobKey(digestOf('x')),
  release: releaseKey('delivery', hex),
  platform: platformReleaseKey('3.2.0'),
  record: recordKey('staging', 'delivery', 12),
  'a record of a service with a short name': recordKey('a', 'b', 99_999_999),
  entry: entryKey('staging', 'delivery', 12, 3),
  revision: revisionKey('delivery', hex),
  'part of the runtime of hosts': runtimeKey(digestOf('x')),
  segment: segmentKey('staging', 'delivery', { first: 1, last: 20, hex: '0123abcd' }),
}
const moved = {
  channel: channelKey('stable'),
  environment: environmentKey('staging'),
  owner: ownerKey('delivery'),
  head: headKey('staging', 'delivery'),
  'the head of a service whose name fills a pattern': headKey('x', 'abc'),
  lock: lockKey('staging', 'delivery'),
}
const named = (keys: Readonly<Record<string, string>>) => Object.entries(keys)

const administrator = { kind: 'AWS', name: `arn:aws:iam::${account}:role/administrator` } as const
const bucketPolicy = bucketPolicyIn(aPlatformGround(), 'TlsOnly')

/** What the bucket's own policy says to somebody whose other policies allow everything. */
function said(action: string, key: string, keys: Ask['keys'] = {}): string {
  const ask = { action, resource: `arn:aws:s3:::${platformBucket}/${key}`, keys: { 'aws:SecureTransport': 'true', ...keys } }
  return judge([bucketPolicy], ask, administrator)
}

describe('the platform bucket', () => {
  test.each(named(written))('takes a %s only where there is none', (_, key) => {
    expect(said('s3:PutObject', key)).toBe('explicitly denied')
    expect(said('s3:PutObject', key, { 's3:if-match': '"x"' })).toBe('explicitly denied')
    expect(said('s3:PutObject', key, { 's3:if-none-match': '*' })).not.toBe('explicitly denied')
  })

  test.each(named(moved))('takes a %s only where there is none, or over what was seen', (_, key) => {
    expect(said('s3:PutObject', key)).toBe('explicitly denied')
    expect(said('s3:PutObject', key, { 's3:if-match': '"x"' })).not.toBe('explicitly denied')
    expect(said('s3:PutObject', key, { 's3:if-none-match': '*' })).not.toBe('explicitly denied')
  })

  test('lets a lock go only to who saw it', () => {
    expect(said('s3:DeleteObject', moved.lock)).toBe('explicitly denied')
    expect(said('s3:DeleteObject', moved.lock, { 's3:if-match': '"x"' })).not.toBe('explicitly denied')
  })

  test('without its conditional statements takes anything (canary)', () => {
    const without = {
      ...bucketPolicy,
      Statement: bucketPolicy.Statement.filter(({ Sid }) => !(conditionalSids as readonly string[]).includes(Sid)),
    }
    expect(without.Statement).toHaveLength(bucketPolicy.Statement.length - 3)
    const ask = {
      action: 's3:PutObject',
      resource: `arn:aws:s3:::${platformBucket}/${written.record}`,
      keys: { 'aws:SecureTransport': 'true' },
    }
    expect(judge([without], ask, administrator)).toBe('denied')
  })
})

describe('the patterns of keys', () => {
  const patternsOf: Readonly<Record<string, string>> = {
    ...{ blob: keyPatterns.blobs, release: keyPatterns.releases, platform: keyPatterns.platformReleases, record: keyPatterns.records },
    ...{ entry: keyPatterns.entries, channel: keyPatterns.channels, environment: keyPatterns.environments, owner: keyPatterns.owners },
    ...{ head: keyPatterns.heads, lock: keyPatterns.locks() },
  }
  const all = { ...written, ...moved }

  test.each(Object.entries(patternsOf))('%s meets its own kind of key and no other', (kind, pattern) => {
    const met = named(all).flatMap(([name, key]) => (like(key, pattern) ? [name] : []))
    expect(met.every((name) => name === kind || name.includes(`the ${kind} `) || name.includes(`a ${kind} `))).toBe(true)
    expect(met).toContain(kind)
  })

  test('one environment is not another that begins alike', () => {
    expect(like(lockKey('staging2', 'a'), keyPatterns.locks('staging'))).toBe(false)
    expect(like(recordKey('staging2', 'a', 1), keyPatterns.deployments('staging'))).toBe(false)
  })
})

describe('an environment in another account', () => {
  const tenant = '222222222222'
  const platform = bucketPolicyIn(aPlatformGround({ environment: 'production', account: tenant }), 'TlsOnly')
  const production = anEnvironment({ environment: 'production', of: tenant })

  /** Across accounts the role's own policies and the bucket's must both allow. */
  function verdict(role: string, action: string, key: string, keys: Ask['keys'] = {}): string {
    const arn = `arn:aws:iam::${tenant}:role/${role}`
    const resource = `arn:aws:s3:::${platformBucket}${key === '' ? '' : `/${key}`}`
    const ask = { action, resource, keys: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': arn, ...keys } }
    const own = judge(policiesIn(production, role), ask)
    const bucket = judge([platform], ask, { kind: 'AWS', name: arn })
    return own === 'allowed' && bucket === 'allowed' ? 'allowed' : `${own} by itself, ${bucket} by the bucket`
  }

  const create = { 's3:if-none-match': '*' }

  test('is let in, each role to what is its own', () => {
    expect(verdict('towpath-production-deploy', 's3:ListBucket', '')).toBe('allowed')
    expect(verdict('towpath-production-deploy', 's3:GetObject', written.blob)).toBe('allowed')
    expect(verdict('towpath-production-deploy', 's3:PutObject', lockKey('production', 'delivery'), create)).toBe('allowed')
    expect(verdict('towpath-production-deploy', 's3:DeleteObject', lockKey('production', 'delivery'), { 's3:if-match': '"x"' })).toBe(
      'allowed',
    )
    expect(verdict('towpath-production-plan', 's3:PutObject', written.release, create)).toBe('allowed')
    expect(verdict('towpath-production-plan', 's3:PutObject', written.blob, create)).toBe('allowed')
  })

  test('is kept from the rest by the bucket itself, whatever its own policies say', () => {
    const ask = (role: string, action: string, key: string): string =>
      judge(
        [platform],
        {
          action,
          resource: `arn:aws:s3:::${platformBucket}/${key}`,
          keys: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': `arn:aws:iam::${tenant}:role/${role}`, ...create },
        },
        { kind: 'AWS', name: `arn:aws:iam::${tenant}:role/${role}` },
      )
    expect(ask('towpath-production-deploy', 's3:PutObject', written.release)).toBe('denied')
    expect(ask('towpath-production-deploy', 's3:PutObject', lockKey('staging', 'delivery'))).toBe('denied')
    expect(ask('towpath-production-plan', 's3:PutObject', lockKey('production', 'delivery'))).toBe('denied')
    expect(ask('towpath-staging-deploy', 's3:PutObject', lockKey('production', 'delivery'))).toBe('denied')
    expect(ask('administrator', 's3:GetObject', written.blob)).toBe('denied')
    expect(ask('towpath-production-deploy', 's3:PutObject', environmentKey('production'))).toBe('denied')
  })

  test('is nobody where it was not named', () => {
    const arn = `arn:aws:iam::333333333333:role/towpath-production-deploy`
    const ask = { action: 's3:GetObject', resource: `arn:aws:s3:::${platformBucket}/${written.blob}`, keys: { 'aws:PrincipalArn': arn } }
    expect(judge([platform], ask, { kind: 'AWS', name: arn })).toBe('denied')
  })
})

import { callOf } from '../../../src/adapters/aws/cloudformation/calls.ts'
import type { Json } from '../../../src/json.ts'
import type { Policy } from '../../../src/platform/access/policy.ts'
import type { BootstrapStack } from '../../../src/platform/bootstrap-stack.ts'
import type { Ask } from '../../world/iam.ts'
import type { Interception } from '../../world/intercept.ts'

const account = '000000000000'

/** What verbs ask of S3 and CloudFormation, as IAM would judge it, read off the very calls that they make. */
export interface Recording extends Interception {
  readonly asks: Ask[]
}

export function recording(): Recording {
  const asks: Ask[] = []
  return {
    asks,
    get calls() {
      return asks.length
    },
    on<T extends object>(port: T): T {
      return new Proxy(port, {
        get(target, name, receiver) {
          const member: unknown = Reflect.get(target, name, receiver)
          if (typeof member !== 'function' || name === 'url') return member
          return (...given: unknown[]) => {
            asks.push(...(isBucket(target) ? s3Asks(target.bucket, String(name), String(given[0])) : stackAsks(String(name), given)))
            return member.apply(target, given)
          }
        },
      })
    },
  }
}

function isBucket(port: object): port is { readonly bucket: string } {
  return 'bucket' in port
}

/** The actions behind each call of a bucket, and the headers that make it conditional. A missing key is told apart only by who may list. */
function s3Asks(bucket: string, method: string, key: string): Ask[] {
  const arn = `arn:aws:s3:::${bucket}`
  const on = (action: string, keys: Ask['keys'] = {}): Ask => ({ action: `s3:${action}`, resource: `${arn}/${key}`, keys })
  const list: Ask = { action: 's3:ListBucket', resource: arn }
  switch (method) {
    case 'get':
    case 'stat':
    case 'measure':
      return [on('GetObject'), list]
    case 'create':
      return [on('PutObject', { 's3:if-none-match': '*' })]
    case 'replace':
      return [on('PutObject', { 's3:if-match': '"etag"' })]
    case 'remove':
      return [on('DeleteObject', { 's3:if-match': '"etag"' }), on('GetObject')]
    case 'list':
    case 'check':
      return [list]
    default:
      throw new Error(`nobody knows what S3 is asked by '${method}'`)
  }
}

/** A stack is asked about by its name, by its id, or by a change set of it. */
function stackAsks(method: string, [given, , last]: readonly unknown[]): Ask[] {
  const { stack, stackId, role } = (typeof given === 'object' ? given : { stack: given, role: last }) as Partial<
    Record<'stack' | 'stackId' | 'role', string>
  >
  const nameOrId = stackId ?? stack ?? ''
  const { action } = callOf(method as Parameters<typeof callOf>[0], nameOrId, { region: 'eu-west-1', endpoint: undefined })
  const resource = nameOrId.startsWith('arn:') ? nameOrId : `arn:aws:cloudformation:eu-west-1:${account}:stack/${nameOrId}/some-id`
  const passes = { action: 'iam:PassRole', resource: role ?? '', keys: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } }
  return [{ action, resource }, ...(role === undefined ? [] : [passes])]
}

type Members = Readonly<Record<string, Json>>

/** The policies of a role, or of anything else, that a foundation's template makes: by the name that it gives them. */
export function policiesIn({ template }: BootstrapStack, name: string): readonly Policy[] {
  const resource = Object.values((template as Members).Resources as Members)
    .map((each) => (each as Members).Properties as Members)
    .find((properties) => [properties.RoleName, properties.ManagedPolicyName].includes(name))
  if (!resource) throw new Error(`the template has no '${name}'`)
  const inline = ((resource.Policies ?? []) as readonly Members[]).map((each) => each.PolicyDocument)
  return [...inline, ...(resource.PolicyDocument === undefined ? [] : [resource.PolicyDocument])] as unknown as readonly Policy[]
}

/** The policy of the bucket that a foundation makes. */
export function bucketPolicyIn({ template }: BootstrapStack, id: string): Policy {
  const { Properties } = ((template as Members).Resources as Members)[id] as Members
  return (Properties as Members).PolicyDocument as unknown as Policy
}

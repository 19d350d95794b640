import { canonicalJson, type Json } from '../json.ts'

/** What would become of one resource of a foundation. */
export interface FoundationChange {
  readonly action: 'add' | 'change' | 'remove'
  /** The resource as people know it: `role towpath-production-deploy`. */
  readonly what: string
  /** What of it is added (`+`) and removed (`-`); of a new resource, its statements. */
  readonly details: readonly string[]
}

type Members = Readonly<Record<string, Json>>

/** What applying `after` over `before` would change, resource by resource; undefined where nothing is there yet. */
export function foundationChanges(before: Json | undefined, after: Json): readonly FoundationChange[] {
  const old = resourcesIn(before)
  const fresh = resourcesIn(after)
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].flatMap((id): FoundationChange[] => {
    const [was, is] = [old[id], fresh[id]]
    if (was === undefined && is !== undefined) return [{ action: 'add', what: nameOf(id, is), details: leavesOf(is).filter(isTelling) }]
    if (was !== undefined && is === undefined) return [{ action: 'remove', what: nameOf(id, was), details: [] }]
    if (was === undefined || is === undefined || canonicalJson(was) === canonicalJson(is)) return []
    const [had, has] = [new Set(leavesOf(was)), new Set(leavesOf(is))]
    const details = [
      ...[...had].filter((leaf) => !has.has(leaf)).map((leaf) => `- ${leaf}`),
      ...[...has].filter((leaf) => !had.has(leaf)).map((leaf) => `+ ${leaf}`),
    ]
    return [{ action: 'change', what: nameOf(id, is), details }]
  })
}

/** Statements that are new say what they are about; that a new bucket is versioned and the like goes without saying. */
function isTelling(leaf: string): boolean {
  return /(^| )(Action|Federated|AWS|Service|ManagedPolicyArns|[\w.]+:(sub|job_workflow_ref)) /.test(leaf)
}

function resourcesIn(template: Json | undefined): Members {
  return membersOf(membersOf(template).Resources)
}

/** The property that names a resource of each type, and what people call it. */
const kinds: Readonly<Record<string, readonly [kind: string, property: string]>> = {
  'AWS::IAM::Role': ['role', 'RoleName'],
  'AWS::IAM::ManagedPolicy': ['policy', 'ManagedPolicyName'],
  'AWS::S3::Bucket': ['bucket', 'BucketName'],
  'AWS::S3::BucketPolicy': ["the bucket's policy", ''],
}

function nameOf(id: string, resource: Json): string {
  const { Type, Properties } = membersOf(resource)
  const [kind, property] = kinds[String(Type)] ?? [`${Type} ${id}`, '']
  const name = membersOf(Properties)[property]
  return typeof name === 'string' ? `${kind} ${name}` : kind
}

/** Segments that say nothing to people. */
const silent = new Set(['Properties', 'Statement', 'Policies', 'towpath', 'PolicyDocument', 'Condition'])

/** Every value in a resource, with the way to it. What has a name of its own in a list is known by that, not by where it stands. */
function leavesOf(value: Json, way: readonly string[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => leavesOf(item, [...way, ...labelOf(item)]))
  if (value !== null && typeof value === 'object')
    return Object.entries(membersOf(value)).flatMap(([key, member]) => (isLabel(key) ? [] : leavesOf(member, [...way, key])))
  const told = way.filter((part) => !silent.has(part)).map((part) => (part === 'AssumeRolePolicyDocument' ? 'trust' : part))
  return [[...told, String(value)].join(' ')]
}

const labels = ['Sid', 'Id', 'PolicyName']

function isLabel(key: string): boolean {
  return labels.includes(key)
}

function labelOf(item: Json): readonly string[] {
  const members = membersOf(item)
  return labels.flatMap((label) => (typeof members[label] === 'string' ? [members[label]] : []))
}

function membersOf(value: Json | undefined): Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Members) : {}
}

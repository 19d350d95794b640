import { canonicalJson, type Json } from '../json.ts'

/** What would become of one resource of a foundation. */
export interface BootstrapChange {
  readonly action: 'add' | 'change' | 'remove'
  /** The resource as people know it: `role towpath-production-deploy`. */
  readonly what: string
  /** What of it is added (`+`) and removed (`-`); of a new resource, its statements. */
  readonly details: readonly string[]
}

type Members = Readonly<Record<string, Json>>

/** What applying `after` over `before` would change, resource by resource; undefined where nothing is there yet. */
export function bootstrapChanges(before: Json | undefined, after: Json): readonly BootstrapChange[] {
  const old = resourcesIn(before)
  const fresh = resourcesIn(after)
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].flatMap((id): BootstrapChange[] => {
    const [was, is] = [old[id], fresh[id]]
    if (was === undefined && is !== undefined) return [{ action: 'add', what: nameOf(id, is), details: statementsOf(is).map(line) }]
    if (was !== undefined && is === undefined) return [{ action: 'remove', what: nameOf(id, was), details: [] }]
    if (was === undefined || is === undefined || canonicalJson(was) === canonicalJson(is)) return []
    const details = detailsOf(was, is)
    return [{ action: 'change', what: nameOf(id, is), details: details.length > 0 ? details : ['nothing but the order'] }]
  })
}

/** What differs: statements that came or went in a line each, and of all else every value. */
function detailsOf(was: Json, is: Json): readonly string[] {
  const [old, fresh] = [statementsOf(was), statementsOf(is)]
  const lacking =
    (statements: readonly Told[]) =>
    ({ Sid, trust }: Told) =>
      !statements.some((other) => other.Sid === Sid && other.trust === trust)
  const [went, came] = [old.filter(lacking(fresh)), fresh.filter(lacking(old))]
  const [had, has] = [leavesBut(was, went), leavesBut(is, came)]
  return [
    ...went.map((statement) => `- ${line(statement)}`),
    ...[...had].filter((leaf) => !has.has(leaf)).map((leaf) => `- ${leaf}`),
    ...came.map((statement) => `+ ${line(statement)}`),
    ...[...has].filter((leaf) => !had.has(leaf)).map((leaf) => `+ ${leaf}`),
  ]
}

/** Every value of a resource, but for those of some statements. */
function leavesBut(resource: Json, statements: readonly Told[]): ReadonlySet<string> {
  const told = new Set(statements.flatMap(({ trust, ...statement }) => leavesOf([statement], trust ? ['AssumeRolePolicyDocument'] : [])))
  return new Set(leavesOf(resource).filter((leaf) => !told.has(leaf)))
}

/** How many actions or resources of a new statement are told. */
const TOLD = 6

/** A statement, and whether it is one of a trust policy. */
type Told = Members & { readonly trust: boolean }

/** The statements of a resource: those of its trust, of its policies, or of itself. That a new bucket is versioned and the like goes without saying. */
function statementsOf(value: Json, trust = false): readonly Told[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => statementsOf(item, trust))
  const members = membersOf(value)
  if (typeof members.Sid === 'string' && members.Effect !== undefined) return [{ ...members, trust }]
  return Object.entries(members).flatMap(([key, member]) => statementsOf(member, trust || key === 'AssumeRolePolicyDocument'))
}

/** One statement in a line: what it allows or denies, and on what; of a trust, whom. */
function line({ Sid, Effect, Action, Resource, Principal, Condition, trust }: Told): string {
  const effect = String(Effect).toLowerCase()
  if (!trust)
    return `${effect} ${Sid}: ${some(Action)} on ${some(Resource)}${Principal === undefined || Principal === '*' ? '' : ` to ${some(Principal)}`}`
  const whom = Object.values(membersOf(Condition)).flatMap((wanted) => Object.entries(membersOf(wanted)))
  const subject = whom.find(([key]) => key.endsWith(':sub') || key === 'aws:PrincipalArn')
  return `trust ${Sid}: ${some(Principal)}${subject ? ` as ${some(subject[1])}` : ''}`
}

function some(value: Json | undefined): string {
  const texts = (Array.isArray(value) ? value : Object.values(typeof value === 'string' ? { value } : membersOf(value))).map(String)
  return texts.length > TOLD + 1 ? `${texts.slice(0, TOLD).join(', ')} and ${texts.length - TOLD} more` : texts.join(', ')
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

import { asJson, type Json } from '../../json.ts'

/** The operators and keys that a statement asks for; all must hold, and of each list one value. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

/** One statement of an IAM policy. Source: IAM user guide, JSON policy elements reference. */
export interface Statement {
  /** Letters and digits: by this people and `--dry-run` know it. */
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  /** Of a trust policy or a bucket policy. */
  readonly Principal?: '*' | Readonly<Record<string, string>>
  readonly Action: readonly string[]
  /** Of all but trust policies. */
  readonly Resource?: readonly string[]
  readonly Condition?: Conditions
}

export interface Policy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

export function policy(statements: readonly Statement[]): Policy {
  return { Version: '2012-10-17', Statement: statements }
}

export function allow(Sid: string, Action: readonly string[], Resource: readonly string[], Condition?: Conditions): Statement {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) }
}

export function deny(Sid: string, Action: readonly string[], Resource: readonly string[], Condition?: Conditions): Statement {
  return { ...allow(Sid, Action, Resource, Condition), Effect: 'Deny' }
}

/** A policy as a template holds it. */
export function policyJson(document: Policy): Json {
  return asJson(document)
}

/** How much of a quota a policy takes: its characters, white space left out. Source: IAM user guide, IAM and STS quotas. */
export function charactersOf(document: Policy): number {
  return JSON.stringify(document).replace(/\s/g, '').length
}

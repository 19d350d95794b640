import type {
  ApplicationInfo,
  DeploymentConfigInfo,
  DeploymentGroupInfo,
  DeploymentInfo,
  InstanceInfo,
  InstanceTarget,
} from '@aws-sdk/client-codedeploy'
import type { Clock } from '../../src/ports/clock.ts'
import type { Host } from './host.ts'

/** How long the service takes, in milliseconds. Nobody may rely on it. */
export interface Timing {
  /** In Created, and then in Queued. */
  readonly created: number
  readonly queued: number
  /** Before each lifecycle event: an agent asks what there is to do now and then. */
  readonly poll: number
  /** After the hosts are done. 0: the status Baking does not show. */
  readonly baking: number
  /** Until a failed deployment tells of its rollback. */
  readonly rollbackInfo: number
  /** Until an agent that does not answer is given up. */
  readonly silence: number
}

/** Application by application, group by group; the group's name is its key. */
export interface Application {
  readonly info: ApplicationInfo
  readonly groups: Map<string, DeploymentGroupInfo>
}

/** A deployment and what is not described of it. */
export interface Deployment {
  info: DeploymentInfo
  readonly id: string
  readonly application: string
  readonly group: string
  /** Absent until it has begun. By name, in the order in which they are begun. */
  targets: Map<string, InstanceTarget> | undefined
  /** Set when it is asked to stop. */
  stop: { readonly rollBack: boolean } | undefined
  /** Ends its wait in Ready. */
  continue: (() => void) | undefined
}

export interface Account {
  readonly region: string
  readonly clock: Clock
  readonly timing: Timing
  readonly configs: Map<string, DeploymentConfigInfo>
  readonly applications: Map<string, Application>
  /** In the order in which they were created. */
  readonly deployments: Map<string, Deployment>
  readonly instances: Map<string, InstanceInfo>
  readonly hosts: Map<string, Host>
  /** How many entries a page of a list has. */
  readonly page: number
  /** A number from 0 to 1, without 1. */
  random(): number
  /** Makes the host of an instance that its owner registers; absent: it is a name without a machine. */
  readonly makeHost?: (name: string, tags: Readonly<Record<string, string>>) => Host
  /** Hears what nobody asked for, such as a course that failed by a mistake of this program. */
  said(line: string): void
}

/** What is still going on. */
export const active: ReadonlySet<string> = new Set(['Created', 'Queued', 'InProgress', 'Baking', 'Ready'])

export function isActive({ info }: Deployment): boolean {
  return active.has(info.status ?? '')
}

/** The deployments of a group, newest first. */
export function deploymentsOf(account: Account, application: string, group: string): readonly Deployment[] {
  return [...account.deployments.values()].filter((one) => one.application === application && one.group === group).reverse()
}

/** `d-` and nine of A-Z0-9. */
export function deploymentId({ random, deployments }: Account): string {
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  for (;;) {
    const id = `d-${Array.from({ length: 9 }, () => signs[Math.floor(random() * signs.length)]).join('')}`
    if (!deployments.has(id)) return id
  }
}

export function uuid({ random }: Account): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Of account 000000000000: it never looks like AWS. */
export function arnOf({ region }: Account, what: string): string {
  return `arn:aws:codedeploy:${region}:000000000000:${what}`
}

/** One page of a list. The token is the number of entries before it. */
export function pageOf<T>(
  { page }: Account,
  all: readonly T[],
  token: string | undefined,
): { readonly items: T[]; readonly next: { nextToken?: string } } {
  const from = Number(token ?? 0)
  const items = all.slice(from, from + page)
  return { items, next: from + page < all.length ? { nextToken: String(from + page) } : {} }
}

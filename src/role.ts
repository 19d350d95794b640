import { TowpathError } from './errors.ts'

/** The id of an AWS account: twelve digits. */
const account = /^\d{12}$/
/** A role's ARN, with or without a path. Source: IAM User Guide, "IAM identifiers", "IAM and AWS STS quotas". */
const arn = /^arn:[a-z][a-z-]*:iam::(\d{12}):role\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})$/
/** A role's name, with or without a path. */
const name = /^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/

/** The partitions other than `aws`, by the beginning of their regions' names. Source: the SDK's partitions.json. */
const partitions: Readonly<Record<string, string>> = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'us-isof-': 'aws-iso-f',
  'eu-isoe-': 'aws-iso-e',
  'eusc-': 'aws-eusc',
}

/** The role that a command line or a step asks to act as, and the account that it must be in. */
export interface Acting {
  /** The ARN of the role to act as; undefined: the caller's own credentials. */
  readonly role: string | undefined
  /** The only account that may be touched. */
  readonly account: string | undefined
}

/**
 * Reads the inputs `role` (a name or an ARN) and `account`. Sends nothing to AWS. Throws 'bad-input', also for a role of another account
 * than the allowed one.
 */
export function readActing(given: Acting, region: string | undefined): Acting {
  const { role, account: allowed } = given
  if (allowed !== undefined && !account.test(allowed))
    throw new TowpathError('bad-input', `'${allowed}' is no AWS account`, {
      hint: 'an account has twelve digits; in YAML put them in quotes',
    })
  if (role === undefined) return { role, account: allowed }
  const found = accountOfRole(role)
  if (found !== undefined && allowed !== undefined && found !== allowed)
    throw new TowpathError('bad-input', `role '${role}' is of account ${found}, and only account ${allowed} is allowed`, {
      hint: 'check role and account (or TOWPATH_ROLE and TOWPATH_ACCOUNT): one of them is of another environment',
    })
  if (found !== undefined) return { role, account: allowed }
  if (!name.test(role))
    throw new TowpathError('bad-input', `'${role}' is no role`, {
      hint: 'give its name (towpath-production-deploy) or its ARN (arn:aws:iam::123456789012:role/towpath-production-deploy)',
    })
  if (allowed === undefined)
    throw new TowpathError('bad-input', `role '${role}' is given by its name, which needs the account that it is in`, {
      hint: 'give account too (or TOWPATH_ACCOUNT), or the ARN of the role',
    })
  return { role: `arn:${partitionOf(region)}:iam::${allowed}:role/${role}`, account: allowed }
}

/** The account in a role's ARN; undefined if the text is not one. */
export function accountOfRole(role: string): string | undefined {
  return arn.exec(role)?.[1]
}

/** The name in a role's ARN, without its path; the text itself if it is not an ARN. */
export function nameOfRole(role: string): string {
  return arn.exec(role)?.[2] ?? role
}

/**
 * True if a caller's ARN, as STS gives it, is a session of this role. Such an ARN has no path: role names are unique in an account.
 * @param caller `arn:aws:sts::123456789012:assumed-role/NAME/SESSION`
 */
export function isActingAs(caller: string, role: string): boolean {
  const [, inAccount, called] = /^arn:[a-z-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(caller) ?? []
  return inAccount !== undefined && inAccount === accountOfRole(role) && called === nameOfRole(role)
}

function partitionOf(region = ''): string {
  return Object.entries(partitions).find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'
}

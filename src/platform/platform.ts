import type { Node } from '../document/node.ts'
import type { Named, Placed } from '../document/placed.ts'
import type { Reference } from '../service/reference.ts'
import type { Inputs, Parameters, Tags } from '../service/service.ts'

/** What a role of an environment is for: to run deployments, for CloudFormation to change resources with, to make plans. */
export type Purpose = 'deploy' | 'execute' | 'plan'

/** The roles of an environment, by ARN. One that is absent: whoever runs the verb does it with what credentials there are. */
export type Roles<T = string> = { readonly [P in Purpose]?: T }

/** A place to deploy to. */
export interface Environment {
  /** Twelve digits. */
  readonly account: Placed<string>
  readonly region: Placed<string>
  readonly roles: Roles<Placed<string>>
  /** Absent: the platform bucket, which must then be in this account and region. */
  readonly bucket?: Placed<string>
  readonly tags: Tags
  /** By stack, for the platform's own stacks and every blueprint's. */
  readonly parameters: Named<Parameters>
}

/** How one stack is made: of the platform's own, or of a blueprint. */
export interface StackRecipe {
  /** A file name in the platform's `cloudFormation/`. */
  readonly template: Placed<string>
  readonly inputs: Inputs
  readonly parameters: Parameters
}

/** How a service's code goes live: with its stacks, or by CodeDeploy after them. */
export type Ship =
  | { readonly with: 'stack' }
  | { readonly with: 'codedeploy'; readonly application: Placed<Reference>; readonly group: Placed<Reference> }

/** The platform's recipe for one kind of service. */
export interface Blueprint {
  readonly stacks: Named<StackRecipe>
  readonly ship: Ship
  readonly tags: Tags
  /** The blueprint as it was written, with what this version does not act on (unsupported.ts). */
  readonly node: Node
}

/** Which subjects a repository's tokens have: with names, with names and ids, or both while it changes over. */
export type SubjectForm = 'names' | 'ids' | 'both'

/** A service as the platform knows it. */
export interface RegisteredService {
  /** `acme/greeter`, in GitHub's own spelling. */
  readonly repository: Placed<string>
  /** GitHub's numbers of the repository and of its owner. */
  readonly id: Placed<string>
  readonly ownerId: Placed<string>
  readonly subject: SubjectForm
  /** The branches that deploy. */
  readonly branches: readonly string[]
  /** Absent for the platform itself. */
  readonly blueprint?: Placed<string>
  /** Where service.yml is in the repository: never a right. */
  readonly path: string
  /** By environment, the names of stacks that are not called `<service>-<environment>-<stack>`. */
  readonly stacks: Named<readonly Placed<string>[]>
}

/** What a gate does: say nothing, tell, ask for consent, or refuse. */
export type GateLevel = 'allow' | 'warn' | 'approve' | 'refuse'

/** The levels of the gates as the platform sets them; absent: approve, and for access warn. */
export interface GateLevels {
  /** For all, or by resource type. */
  readonly stateful?: GateLevel | Readonly<Record<string, GateLevel>>
  readonly exports?: GateLevel
  readonly access?: GateLevel
  readonly adoption?: GateLevel
}

/** What `platform.yml` says that holds at once, for releases that are there already too: no part of a platform release. */
export interface Policies {
  /** Whose reusable workflows are trusted. */
  readonly workflows: readonly Placed<string>[]
  /** ARNs of people's roles and users. */
  readonly operators: readonly Placed<string>[]
  /** Undefined: there is no register of services. */
  readonly services?: Named<RegisteredService>
  readonly gates: GateLevels
}

/** `platform.yml`, as far as this version acts on it. */
export interface Platform extends Policies {
  /** The file's path as it is shown. */
  readonly file: string
  /** The file's text, unchanged. */
  readonly text: string
  readonly name: Placed<string>
  readonly version: Placed<string>
  readonly environments: Named<Environment>
  /** The platform's own stacks, deployed as service `platform`. */
  readonly stacks: Named<StackRecipe>
  readonly blueprints: Named<Blueprint>
  /** True if `validate` and `plan` are to ask cfn-lint. */
  readonly lint: boolean
}

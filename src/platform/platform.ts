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

/** `platform.yml`, as far as this version acts on it. */
export interface Platform {
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

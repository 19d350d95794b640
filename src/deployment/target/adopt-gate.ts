import type { StackInRelease } from './stack-in-release.ts'

/** A stack that is not ours is touched only with consent. */
export interface AdoptGate {
  readonly gate: 'adopt'
  /** What to give to --consent: `adopt:<stack>`. */
  readonly consent: string
  readonly type: 'AWS::CloudFormation::Stack'
  readonly reason: string
  readonly consented: boolean
}

export function adoptGate({ stack, name }: Pick<StackInRelease, 'stack' | 'name'>, consents: ReadonlySet<string>): AdoptGate {
  const consent = `adopt:${stack}`
  return {
    gate: 'adopt',
    consent,
    type: 'AWS::CloudFormation::Stack',
    reason: `stack ${name} exists and is not of this service and environment`,
    consented: consents.has(consent),
  }
}

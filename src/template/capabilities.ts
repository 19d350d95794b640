import type { MapNode } from '../document/node.ts'
import { member } from '../document/placed.ts'
import { macrosOf, transformsOf } from './macros.ts'
import { isModule } from './modules.ts'
import { sectionOf } from './sections.ts'

export type Capability = 'CAPABILITY_AUTO_EXPAND' | 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM'

/** The property by which each type takes a name of the template's choice. Source: CloudFormation API reference, CreateStack. */
const nameProperties: ReadonlyMap<string, string> = new Map([
  ['AWS::IAM::Group', 'GroupName'],
  ['AWS::IAM::InstanceProfile', 'InstanceProfileName'],
  ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName'],
  ['AWS::IAM::Role', 'RoleName'],
  ['AWS::IAM::User', 'UserName'],
])

/**
 * The capabilities a stack of this template must be given, sorted. What nested stacks, modules and macros bring is not in the text, so
 * they ask for all that it may need. CAPABILITY_NAMED_IAM includes CAPABILITY_IAM.
 */
export function capabilities(root: MapNode): Capability[] {
  const needed = new Set<Capability>()
  const macros = macrosOf(root)
  if (macros.length > 0 || transformsOf(root).length > 0) needed.add('CAPABILITY_AUTO_EXPAND')
  if (macros.length > 0) needed.add('CAPABILITY_NAMED_IAM')
  for (const { value } of sectionOf(root, 'Resources').values()) {
    const type = member(value, 'Type')
    if (type?.kind !== 'scalar' || typeof type.value !== 'string') continue
    if (type.value === 'AWS::CloudFormation::Stack' || isModule(type.value))
      needed.add('CAPABILITY_AUTO_EXPAND').add('CAPABILITY_NAMED_IAM')
    if (!type.value.startsWith('AWS::IAM::')) continue
    const nameProperty = nameProperties.get(type.value)
    const isNamed = nameProperty !== undefined && member(member(value, 'Properties'), nameProperty) !== undefined
    needed.add(isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM')
  }
  if (needed.has('CAPABILITY_NAMED_IAM')) needed.delete('CAPABILITY_IAM')
  return [...needed].sort()
}

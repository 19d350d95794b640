import type { Property, Schema } from './compact.ts'
import type { Wheel } from './wheel.ts'

/**
 * What `Fn::GetAtt` may name of each type, sorted; `*` stands for anything. The published schemas do not say it of older types, so this
 * follows cfn-lint's rules and its two lists of exceptions. Source: cfn-lint, schema/_getatts.py.
 */
export function attributesOf(wheel: Wheel): (type: string, schema: Schema) => readonly string[] {
  const source = wheel.get('cfnlint/schema/_getatts.py') ?? ''
  const whole = new Set(listed<readonly string[]>(source, '_all_property_types', '[', ']'))
  const more = listed<Readonly<Record<string, readonly string[]>>>(source, '_exceptions', '{', '}')
  return (type, schema) => {
    if (type === 'AWS::CloudFormation::Stack' || type === 'AWS::Serverless::Application') return ['Outputs.*']
    // What the transform makes of these has attributes of its own.
    if (type.startsWith('AWS::Serverless::') || type === 'AWS::CloudFormation::CustomResource') return ['*']
    const readOnly = (schema.readOnlyProperties ?? []).map(dotted)
    const provisioned = type === 'AWS::ServiceCatalog::CloudFormationProvisionedProduct'
    const own = provisioned ? readOnly.map((name) => (name === 'Outputs' ? 'Outputs.*' : name)) : readOnly
    const all = whole.has(type) ? leaves(schema, schema.properties ?? {}, '', new Set()) : []
    return [...new Set([...own, ...(more[type] ?? []), ...all])].sort()
  }
}

/** `/properties/Endpoint/Address` as `Endpoint.Address`. */
function dotted(pointer: string): string {
  return pointer.split('/').slice(2).join('.')
}

/** A list or a dictionary of texts that a Python file assigns to a name. */
function listed<T>(source: string, name: string, opening: string, closing: string): T {
  const start = source.indexOf(`\n${name} = ${opening}`)
  const end = source.indexOf(`\n${closing}\n`, start)
  if (start === -1 || end === -1) throw new Error(`cfn-lint's ${name} is not where it was: read schema/_getatts.py anew`)
  const text = source.slice(source.indexOf(opening, start), end + 2)
  return JSON.parse(text.replaceAll(/,(\s*[\]}])/g, '$1')) as T
}

/** The paths of values that are no maps and no lists of maps. */
function leaves(schema: Schema, properties: Readonly<Record<string, Property>>, above: string, open: ReadonlySet<string>): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = above === '' ? name : `${above}.${name}`
    const reference = property.$ref?.split('/').at(-1)
    if (reference !== undefined && open.has(reference)) return []
    const one = reference === undefined ? property : (schema.definitions?.[reference] ?? {})
    const inside = reference === undefined ? open : new Set([...open, reference])
    if (one.properties) return leaves(schema, one.properties, path, inside)
    return one.items?.$ref !== undefined || one.items?.type === 'object' || one.items?.type === 'array' ? [] : [path]
  })
}

import type { MapNode } from '../../document/node.ts'
import { quote } from '../../document/show.ts'
import { macrosOf } from '../macros.ts'
import { pointersOf } from '../pointers.ts'
import { sectionOf } from '../sections.ts'
import { type Finding, pointerTo } from './finding.ts'

/** Parameters that nothing in the template uses: an override may have taken out what did. With a macro that cannot be told. */
export function unusedParameters(root: MapNode): Finding[] {
  if (macrosOf(root).length > 0) return []
  const used = new Set(pointersOf(root).map(({ name }) => name))
  return [...sectionOf(root, 'Parameters')].flatMap(([name, { key }]) => {
    if (used.has(name)) return []
    const message = `nothing in the template uses parameter ${quote(name)}: its value has no effect`
    return [{ rule: 'unused-parameter', level: 'warning' as const, pointer: pointerTo('/Parameters', name), place: key, message }]
  })
}

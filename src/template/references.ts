import { suggesting } from '../document/hint.ts'
import { type MapNode, type Place, problemAt, whereIs } from '../document/node.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { macrosOf } from './macros.ts'
import { modulesOf } from './modules.ts'
import { type Pointer, pointersOf } from './pointers.ts'
import { inOrder } from './problems.ts'
import { makesEntries, sectionOf } from './sections.ts'

/** Source: CloudFormation template reference, pseudo parameters. */
const pseudoParameters: ReadonlySet<string> = new Set([
  'AWS::AccountId',
  'AWS::NotificationARNs',
  'AWS::NoValue',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
])

/** What each kind of pointer is said to miss. */
const missing: Readonly<Record<Pointer['to'], string>> = {
  value: 'parameter or resource',
  resource: 'resource',
  condition: 'condition',
  mapping: 'mapping',
}

export interface References {
  readonly problems: Problem[]
  /** Names that nothing has, where a macro or a module may bring them: they may be right. */
  readonly unchecked: string[]
}

/**
 * Checks that every name in a whole template which should be the name of something in it is. `parts` are templates that were merged into
 * it: what of them was refused is checked as well, so that one mistake does not hide another.
 */
export function checkReferences(root: MapNode, parts: readonly MapNode[] = []): References {
  const names = namesOf(root)
  const macros = macrosOf(root)
  const macro = macros.slice(0, 3).map(quote).join(' or ')
  const modules = modulesOf(root)
  const suggest = suggesting()
  const problems: Problem[] = []
  const unchecked = new Set<string>()
  for (const pointer of [root, ...parts].flatMap(pointersOf)) {
    const { to, name, by } = pointer
    if (names[to].has(name) || (to === 'value' && pseudoParameters.has(name))) continue
    const what = `no ${missing[to]} ${quote(name)} for ${by}`
    const place = exactPlace(pointer)
    const module = modules.find((id) => name.startsWith(id))
    if (module !== undefined && (to === 'value' || to === 'resource')) {
      unchecked.add(`${at(place)}: ${what}, unless module ${quote(module)} brings it`)
    } else if (macros.length === 0) {
      const near = name.startsWith('AWS::') ? pseudoParameters : names[to]
      problems.push(problemAt(place, what, literalHint(pointer) ?? suggest(name, near, wayOut(pointer, names))))
    } else {
      unchecked.add(`${at(place)}: ${what}, unless ${macro} makes it`)
    }
  }
  return { problems: inOrder(problems), unchecked: [...unchecked] }
}

function at(place: Place): string {
  const { file, line } = whereIs(place)
  return `${file}:${line}`
}

type Names = Readonly<Record<Pointer['to'], ReadonlySet<string>>>

function namesOf(root: MapNode): Names {
  const named = (section: string) => [...sectionOf(root, section).keys()].filter((name) => !makesEntries(name))
  return {
    value: new Set([...named('Parameters'), ...named('Resources')]),
    resource: new Set(named('Resources')),
    condition: new Set(named('Conditions')),
    mapping: new Set(named('Mappings')),
  }
}

/** What to do about a name that is not there, where something better can be said than which names are. */
function wayOut({ by, to, name, written }: Pointer, { value, resource }: Names): string | undefined {
  if (to === 'resource' && value.has(name) && !resource.has(name)) return `${quote(name)} is a parameter`
  if (by === 'Fn::Sub' && written !== undefined) return `write ${quote(`\${!${name}}`)} to leave it as it is`
  return undefined
}

/** `${1}` in `Fn::Sub` is a group of a regular expression, or a shell's argument, and never a name. */
function literalHint({ by, name }: Pointer): string | undefined {
  return by === 'Fn::Sub' && /^[0-9]+$/.test(name) ? `write ${quote(`\${!${name}}`)} to leave it as it is` : undefined
}

/** Where in its text a variable stands, which may be many lines below the text's beginning. */
function exactPlace({ place, written }: Pointer): Place {
  const offset = written === undefined ? undefined : place.source.find?.(written, place.offset)
  return offset === undefined ? place : { ...place, offset }
}

import { type Place, problemAt, whereIs } from '../document/node.ts'
import { entriesOf } from '../document/placed.ts'
import { readDocument } from '../document/read.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type ArgumentSpec, readArgumentSpec, valueFault } from './argument-specs.ts'
import { roleFile } from './layout.ts'
import type { RoleUse } from './plays.ts'
import { type AnsibleFile, type AnsibleTree, contentOf, type Roles } from './tree.ts'
import { ownVariables, type Variables } from './variables.ts'

interface Checked {
  readonly uses: readonly RoleUse[]
  readonly roles: Roles
  readonly variables: Variables
  /** Where a variable that is missing is told. */
  readonly asked: Place
  /** Every file in which a variable may be used. */
  readonly texts: readonly AnsibleFile[]
}

/** Holds the variables against the argument specs of the roles that the playbooks use: missing, of a wrong type, used by nobody. */
export async function checkArguments({ uses, roles, variables, asked, texts }: Checked): Promise<readonly Problem[]> {
  const specs = await specsOf(roles)
  const problems = [...specs.values()].flatMap(({ problems }) => problems)
  const told = new Set<string>()
  for (const use of uses) {
    const spec = use.main ? specs.get(use.role) : undefined
    const files = roles.get(use.role)
    if (!spec || !files || use.open) continue
    const defaults = await namesGivenBy(use.role, files)
    for (const [name, argument] of spec.arguments) {
      if (!argument.required || variables.has(name) || ownVariables.has(name) || use.given.has(name) || defaults.has(name)) continue
      const key = `${use.role} ${name}`
      if (told.has(key)) continue
      told.add(key)
      const { file, line } = whereIs(argument.place)
      const message = `variables: role ${quote(use.role)} needs ${quote(name)}, and nothing gives it a value`
      problems.push(problemAt(asked, message, `give it under variables; ${file}:${line} says what it is`))
    }
  }
  return [...problems, ...wrongValues(specs, uses, variables), ...(await unused(specs, variables, texts))]
}

async function specsOf(roles: Roles): Promise<ReadonlyMap<string, ArgumentSpec>> {
  const specs = new Map<string, ArgumentSpec>()
  for (const [role, files] of roles) {
    for (const name of ['meta/argument_specs.yml', 'meta/argument_specs.yaml']) {
      const file = files.get(roleFile(role, name))
      if (file) specs.set(role, readArgumentSpec(await contentOf(file), file.shown))
    }
  }
  return specs
}

/** The names that a role gives itself a value for. */
async function namesGivenBy(role: string, files: AnsibleTree): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (const [path, file] of files) {
    const inner = path.slice(roleFile(role, '').length)
    if (!/^(?:defaults|vars)\/.*\.ya?ml$/.test(inner)) continue
    const { root } = readDocument(await contentOf(file), file.shown)
    for (const name of entriesOf(root).keys()) names.add(name)
  }
  return names
}

function wrongValues(specs: ReadonlyMap<string, ArgumentSpec>, uses: readonly RoleUse[], variables: Variables): readonly Problem[] {
  const used = new Set(uses.map(({ role }) => role))
  return [...variables].flatMap(([name, { given, place }]) => {
    if (!('value' in given) || (typeof given.value === 'string' && given.value.includes('{{'))) return []
    for (const [role, spec] of specs) {
      const argument = used.has(role) ? spec.arguments.get(name) : undefined
      const fault = argument && valueFault(argument, given.value)
      if (argument === undefined || fault === undefined) continue
      const { file, line } = whereIs(argument.place)
      const got = Array.isArray(given.value) ? 'a list' : quote(String(given.value))
      return [problemAt(place, `variables: ${quote(name)} of role ${quote(role)} ${fault}, got ${got}`, `${file}:${line} says what it is`)]
    }
    return []
  })
}

/** A file larger than this is no text that uses a variable. */
const largestText = 1024 * 1024

/** Variables that stand in no file: they would change nothing, and are nearly always misspelt. */
async function unused(
  specs: ReadonlyMap<string, ArgumentSpec>,
  variables: Variables,
  texts: readonly AnsibleFile[],
): Promise<readonly Problem[]> {
  const left = new Map(variables)
  for (const file of texts) {
    if (left.size === 0) break
    if (file.bytes > largestText) continue
    const words = new Set(
      Buffer.from(await contentOf(file))
        .toString('latin1')
        .match(/[A-Za-z_][A-Za-z0-9_]*/g),
    )
    for (const name of left.keys()) if (words.has(name)) left.delete(name)
  }
  const known = [...specs.values()].flatMap((spec) => [...spec.arguments.keys()]).filter((name) => !variables.has(name))
  return [...left].map(([name, { place }]) => {
    const near = nearest(name, known)
    const hint = near === undefined ? 'remove it, or use it in a role or a playbook' : `did you mean '${near}'?`
    return problemAt(place, `variables: no role and no playbook uses ${quote(name)}`, hint)
  })
}

import { code, markdownTable } from './summary-markdown.ts'
import { count } from './table.ts'

type Fields = Readonly<Record<string, unknown>>

/** The strangers whose pull requests get no credentials, in words. */
export type Stranger = 'fork' | 'dependabot'

/** True for the outputs of `validate`. */
export function isValidated(outputs: Fields): boolean {
  return Array.isArray(outputs.problems) && Array.isArray(outputs.unchecked)
}

/** True for the outputs of `merge-templates`. */
export function isMerged(outputs: Fields): boolean {
  return Array.isArray(outputs.templates)
}

/** The result of a check in one line. */
export function validatedVerdict({ kind, name, problems }: Fields): string {
  const found = listOf(problems).length
  const what = `${kind === 'platform' ? 'Platform' : 'Service'}${typeof name === 'string' ? ` ${code(name)}` : ''}`
  return found === 0 ? `✅ ${what}: no problem found` : `❌ ${what}: ${count(found, 'problem')}`
}

/** What was checked, what was not, why, and what a reviewer can do about it. The problems themselves are shown above. */
export function validatedBlocks({ unchecked, lint }: Fields, stranger: Stranger | undefined): readonly string[] {
  const left = listOf(unchecked).map((text) => `- ${code(String(text))}`)
  return [
    stranger === undefined ? OFFLINE : `${reasons[stranger]} ${OFFLINE} ${wayOut}`,
    ...(left.length > 0 ? [`**Not checked here**:\n\n${left.slice(0, SHOWN).join('\n')}${more(left.length)}`] : []),
    ...adviceFold(listOf(lint).map(fieldsOf)),
  ]
}

const SHOWN = 50

const OFFLINE =
  'This is a check of the files alone: nothing was compared with what is live, so it does not say what would be changed, replaced or removed.'

const reasons: Readonly<Record<Stranger, string>> = {
  fork: '**This pull request comes from a fork**, and GitHub gives its runs no credentials.',
  dependabot: '**This pull request comes from Dependabot**, and GitHub gives its runs no credentials.',
}

const wayOut =
  'To see a plan: read the changes first, then push the same commits to a branch of this repository, or run `towpath plan` on them where you have credentials. The run that deploys makes its own plan in any case, before the approval.'

/** The result of a merge in one line. */
export function mergedVerdict({ templates }: Fields): string {
  return `✅ ${count(listOf(templates).length, 'template')} merged`
}

/** Each merged template with its digest. */
export function mergedBlocks({ templates, digest }: Fields): readonly string[] {
  const rows = listOf(templates)
    .map(fieldsOf)
    .map(({ stack, digest: own }) => [code(String(stack)), code(short(own))])
  return [
    ...(rows.length > 0 ? [markdownTable(['stack', 'digest of its template'], rows)] : []),
    `All of them: ${code(short(digest))}. The same digest is the same template to the last byte: compare it with that of the branch this goes to.`,
  ]
}

function adviceFold(advice: readonly Fields[]): readonly string[] {
  if (advice.length === 0) return []
  const rows = advice.map(({ file, line, rule, message }) => [code(`${file}:${line}`), code(String(rule)), code(String(message))])
  const title = `Advice (${advice.length}), on which nothing depends`
  return [`<details><summary>${title}</summary>`, markdownTable(['where', 'rule', 'advice'], rows, SHOWN), '</details>']
}

function more(number: number): string {
  return number > SHOWN ? `\n- and ${number - SHOWN} more` : ''
}

function short(digest: unknown): string {
  return String(digest)
    .replace(/^sha256:/, '')
    .slice(0, 12)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** True of the outputs of `run-ansible`. */
export function isOfHosts(outputs: Fields): boolean {
  return Array.isArray(outputs.hosts) && 'unreachable' in outputs
}

const marks: ReadonlyMap<unknown, string> = new Map([
  ['ok', '✅'],
  ['failed', '❌'],
  ['unreachable', '🔌'],
])
const counts = ['ok', 'changed', 'failures', 'ignored', 'rescued'] as const

/** Each host with how it came out, those that did not first. */
export function hostBlocks({ hosts }: Fields): readonly string[] {
  const rows = (Array.isArray(hosts) ? (hosts as readonly Fields[]) : []).toSorted((a, b) => rank(a) - rank(b))
  if (rows.length === 0) return []
  const cells = rows.map((row) => [
    code(String(row.host)),
    `${marks.get(row.outcome) ?? ''} ${code(String(row.outcome))}`,
    ...counts.map((name) => String(Number(row[name]))),
  ])
  return [markdownTable(['host', 'outcome', ...counts], cells)]
}

function rank({ outcome }: Fields): number {
  return outcome === 'ok' ? 1 : 0
}

import type { ErrorCode, Problem, TowpathError } from '../errors.ts'
import type { Shorten } from './error.ts'
import { causeLine, deployedBlocks, deployedVerdict, short } from './summary-deployed.ts'
import { code, joinBlocks, markdownTable } from './summary-markdown.ts'
import {
  hostBlocks,
  isMerged,
  isOfHosts,
  isValidated,
  mergedBlocks,
  mergedVerdict,
  type Stranger,
  validatedBlocks,
  validatedVerdict,
} from './summary-offline.ts'
import { count } from './table.ts'

/** Everything that a summary shows. */
export interface Summarised {
  readonly verb: string
  /** The values of the inputs. */
  readonly values: Readonly<Record<string, unknown>>
  readonly outputs: Readonly<Record<string, unknown>>
  readonly error: TowpathError | undefined
  readonly links: readonly Link[]
  readonly shorten: Shorten
  /** Set if GitHub gives the run no credentials: the kind of stranger that the pull request is from. */
  readonly stranger?: Stranger | undefined
}

/** A link that the host made itself: no character of its address can end a link. */
export interface Link {
  readonly text: string
  readonly url: string
}

/**
 * The longest summary, in bytes. GitHub takes 1 MiB a step, and masks may lengthen the text. Source: GitHub Docs, "Adding a job summary".
 */
export const SUMMARY_BYTES = 1_000_000

/** The words for a failure if the outputs do not say more. */
const endings: Readonly<Record<ErrorCode, string>> = {
  failed: '❌ {} failed',
  'bad-input': '❌ {} was refused',
  'not-found': '❌ {} was refused',
  unsupported: '❌ {} was refused',
  conflict: '❌ {} was refused',
  'no-credentials': '❌ {} has no credentials',
  denied: '❌ {} was denied',
  unknown: '⚠️ {} has an unknown outcome',
  gated: '⛔ {} was stopped by a gate',
  locked: '🔒 {} found the lock held by another deployment',
  drifted: '⚠️ {} found drift',
  bug: '❌ {} met a bug of Towpath',
  interrupted: '⏹ {} was interrupted',
}

/** The summary of a step: the verdict first, all foreign text in code spans, and never longer than GitHub takes. */
export function summaryOf(step: Summarised): string {
  const { outputs, error, links, shorten } = step
  return joinBlocks(
    [
      ...(isPlan(step) ? [] : [`### ${verdict(step)}`]),
      ...(error ? errorBlocks(error, outputs, shorten) : []),
      ...outputBlocks(step),
      ...(links.length > 0 ? [links.map(({ text, url }) => `[${text}](${url})`).join(' · ')] : []),
    ],
    SUMMARY_BYTES,
  )
}

/** True for a plan, which contains its own verdict. */
function isPlan({ outputs, error }: Summarised): boolean {
  return typeof outputs.markdown === 'string' && error === undefined
}

function verdict({ verb, values, outputs, error }: Summarised): string {
  const environment = typeof values.environment === 'string' ? code(values.environment) : 'the environment'
  const service = typeof values.service === 'string' ? code(values.service) : undefined
  if ('deployment' in outputs && 'stacks' in outputs)
    return deployedVerdict(outputs, { environment, service, isRollback: verb === 'rollback' }, error)
  if (typeof outputs.release === 'string' && typeof outputs.service === 'string' && !error)
    return `✅ Release ${code(short(outputs.release))} of ${code(outputs.service)}`
  if (isValidated(outputs)) return validatedVerdict(outputs)
  if (isMerged(outputs) && !error) return mergedVerdict(outputs)
  const named = values.environment === undefined ? code(verb) : `${code(verb)} to ${environment}`
  if (!error) return `✅ ${named} succeeded`
  const { problems } = error
  if (problems.length > 0) return `❌ ${named} found ${count(problems.length, 'problem')}`
  return endings[error.code].replace('{}', () => named)
}

function errorBlocks({ message, hint, problems, at }: TowpathError, outputs: Summarised['outputs'], shorten: Shorten): readonly string[] {
  if (problems.length > 0) return [problemTable(problems, shorten)]
  // The cause says the same, and shows its parts one by one.
  const told = causeLine(outputs)
  const place = at ? `${code([shorten(at.file), at.line, at.column].filter((part) => part !== undefined).join(':'))}: ` : ''
  return [told ?? `${place}${code(message)}`, ...(hint === undefined ? [] : [wayOut(hint.split('\n'))])]
}

/** What to do, as a list. A single line is a list too, so that its text cannot change the text around it. */
function wayOut(lines: readonly string[]): string {
  return ['What to do:', ...lines.map((line) => `- ${code(line)}`)].join('\n')
}

function problemTable(problems: readonly Problem[], shorten: Shorten): string {
  const rows = problems.map(({ file, line, column, message, hint }) => [
    code(`${shorten(file)}:${line}:${column}`),
    code(message),
    hint === undefined ? '' : code(hint),
  ])
  return markdownTable(['where', 'problem', 'what to do'], rows)
}

/** Chooses by the outputs, not by the verb: two verbs with the same outputs have the same summary. */
function outputBlocks({ outputs, stranger }: Summarised): readonly string[] {
  if (typeof outputs.markdown === 'string') return [outputs.markdown.trimEnd()]
  if ('deployment' in outputs && 'stacks' in outputs) return deployedBlocks(outputs)
  if (isValidated(outputs)) return validatedBlocks(outputs, stranger)
  if (isMerged(outputs)) return mergedBlocks(outputs)
  if (isOfHosts(outputs)) return hostBlocks(outputs)
  const rows = Object.entries(outputs).flatMap(([name, value]) => {
    const shown = shownValue(value)
    return shown === undefined ? [] : [[code(name), shown]]
  })
  return rows.length > 0 ? [markdownTable(['output', 'value'], rows)] : []
}

function shownValue(value: unknown): string | undefined {
  if (typeof value === 'string') return code(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? (value.length === 0 ? 'none' : String(value.length)) : undefined
}

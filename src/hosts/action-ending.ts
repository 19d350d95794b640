import { pullRequestOf } from '../adapters/github/pull-request.ts'
import { exitCodes, TowpathError } from '../errors.ts'
import type { Runner } from '../ports/runner.ts'
import { annotationsOf } from '../render/annotations.ts'
import { errorText, type Shorten } from '../render/error.ts'
import { plain } from '../render/plain.ts'
import { summaryOf } from '../render/summary.ts'
import type { Around } from './action-inputs.ts'
import { runLinks } from './action-links.ts'
import type { ActionLog } from './action-log.ts'
import type { VerbRun } from './conduct.ts'
import { messageOf, shortenFrom, stackTraceOf } from './failure.ts'

interface Told extends Around {
  readonly runner: Runner
}

/** Reports how a run ended and gives the exit code: first the outputs, since later steps need them, then text, summary and annotations. */
export async function tellEnding(run: VerbRun, { runner, workspace, variables }: Told, log: ActionLog): Promise<number> {
  const shorten = shortenFrom(workspace)
  const unwritten = setOutputs(run, runner)
  if (unwritten && run.error) log.warn(unwritten.message)
  const error = run.error ?? unwritten
  tellText(run, log)
  if (error) tellDetails(error, runner, shorten)
  tellOutputs(run, runner)
  try {
    const stranger = (await pullRequestOf(variables))?.stranger
    await runner.summary(summaryOf({ ...run, error, links: runLinks(variables), shorten, stranger }))
  } catch (thrown) {
    log.warn(`there is no summary: ${messageOf(thrown)}`)
  }
  for (const annotation of annotationsOf({ title: `towpath ${run.verb}`, error, warnings: log.warnings, shorten }))
    runner.annotate(annotation)
  return run.error ? run.code : error === undefined ? 0 : exitCodes[error.code]
}

/**
 * Sets every declared output that has a value. If one cannot be set, the step fails even if the verb succeeded: later steps would miss it.
 */
function setOutputs({ command, outputs }: VerbRun, runner: Runner): TowpathError | undefined {
  try {
    for (const name of Object.keys(command?.outputs ?? {})) if (Object.hasOwn(outputs, name)) runner.output(name, outputs[name])
    return undefined
  } catch (thrown) {
    return new TowpathError('failed', `the outputs of the step could not be set: ${messageOf(thrown)}`, { blame: 'service', cause: thrown })
  }
}

/** Prints the outputs as text for a terminal, if there are any. */
function tellText({ command, outputs, error }: VerbRun, log: ActionLog): void {
  if (command && (!error || error.outputs)) log.say(command.text(outputs))
}

/** Prints what does not fit into annotations. */
function tellDetails(error: TowpathError, runner: Runner, shorten: Shorten): void {
  if (error.problems.length > 1) runner.group(`all ${error.problems.length} problems`, errorText(error, shorten).split('\n'))
  if (error.code === 'bug') runner.group('where it happened', stackTraceOf(error).map(plain))
}

/** Prints the outputs, since GitHub shows the outputs of a step nowhere. */
function tellOutputs({ command, outputs }: VerbRun, runner: Runner): void {
  const lines = Object.keys(command?.outputs ?? {}).flatMap((name) =>
    Object.hasOwn(outputs, name) ? [`${name}: ${plain(cut(JSON.stringify(outputs[name]) ?? 'null'))}`] : [],
  )
  if (lines.length > 0) runner.group('outputs', lines)
}

const SHOWN = 1_000

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)} …`.toWellFormed() : text
}

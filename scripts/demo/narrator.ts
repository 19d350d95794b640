import { styleText } from 'node:util'
import { fold } from './fold.ts'

/** Tells the demo on a terminal or into a file. */
export interface Narrator {
  /** The title of the step under way; empty before the first. */
  readonly step: string
  say(text: string): void
  /** Begins a numbered step. */
  begin(title: string, about: string): void
  /** A remark within a step. */
  remark(text: string): void
  /** A command as a user would type it. */
  command(text: string): void
  /** A line of a command's progress. Of many events in a row only the first are shown, and the others counted. */
  progress(line: string): void
  /** A line of what something came to. */
  result(line: string): void
  /** A line of a file before, and after, it was changed. */
  change(before: string, after: string): void
  end(): void
  total(): void
}

/** How many events of CloudFormation in a row are shown; the others are counted. */
const EVENTS = 4
const WIDEST = 100
const NARROWEST = 40

/** Progress of a resource: `function: CREATE_COMPLETE Role (AWS::IAM::Role)`, but not what failed or is put back. */
const event = /^([a-z0-9]+: )?(CREATE|UPDATE|DELETE)_(IN_PROGRESS|COMPLETE) \S+( \(AWS::\S+\))?$/

/** What a reader must not miss. */
const failure = /^(error|cause): |^deployment \d+ (failed|unknown)|^([a-z0-9]+: )?[A-Z]+_FAILED /

/** Colours on a terminal only; lines of at most 100 columns. */
export function createNarrator(stream: NodeJS.WriteStream): Narrator {
  const began = performance.now()
  let stepBegan = began
  let number = 0
  let step = ''
  let events = 0

  function style(format: Parameters<typeof styleText>[0], text: string): string {
    return stream.isTTY ? styleText(format, text, { validateStream: false }) : text
  }
  function print(indent: number, text: string, format?: Parameters<typeof styleText>[0], hang = 0): void {
    const width = Math.min(WIDEST, Math.max(NARROWEST, stream.columns || WIDEST))
    for (const line of fold(text, width - indent, hang)) stream.write(`${' '.repeat(indent)}${format ? style(format, line) : line}\n`)
  }
  function endEvents(): void {
    if (events > EVENTS) print(6, `… and ${events - EVENTS} more events`, 'dim')
    events = 0
  }
  return {
    get step() {
      return step
    },
    say: (text) => print(0, text),
    begin(title, about) {
      number++
      step = title
      stepBegan = performance.now()
      stream.write(`\n${style(['bold', 'cyan'], `${String(number).padStart(2)}  ${title}`)}\n`)
      print(4, about)
    },
    remark: (text) => print(4, text),
    command: (text) => print(4, `$ ${text}`, 'bold', 4),
    progress(line) {
      if (event.test(line)) {
        if (++events > EVENTS) return
      } else endEvents()
      print(6, line, failure.test(line) ? 'red' : 'dim', 2)
    },
    result(line) {
      endEvents()
      print(6, line, failure.test(line) ? 'red' : undefined, 2)
    },
    change(before, after) {
      print(6, `- ${before}`, 'red', 2)
      print(6, `+ ${after}`, 'green', 2)
    },
    end() {
      endEvents()
      print(4, `done in ${seconds(performance.now() - stepBegan)}`, 'green')
    },
    total: () => print(0, `\n${number} steps in ${seconds(performance.now() - began)}. Nothing of it is left on this machine.\n`),
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`
}

import type { Runner } from '../../ports/runner.ts'
import { issue, issueCommand, issueFileCommand, prepareKeyValueMessage, summary } from './core.ts'
import { oneLine } from './line.ts'

/** The runner of GitHub Actions, reached by workflow commands on stdout and by the files that it names. */
export function workflowRunner(): Runner {
  const line = (text: string): void => void process.stdout.write(`${oneLine(text)}\n`)
  return {
    line,
    group(title, lines) {
      issue('group', oneLine(title))
      for (const one of lines) line(one)
      issue('endgroup')
    },
    annotate({ level, title, message, file, line, column }) {
      // The log's viewer shows each line of a message as a line of the log.
      const shown = message.split('\n').map(oneLine).join('\n')
      // What is undefined, core leaves out.
      issueCommand(level, { title: oneLine(title), file: file && oneLine(file), line, col: column }, shown)
    },
    mask: (text) => issueCommand('add-mask', {}, text),
    output(name, value) {
      // As core's setOutput does; without the file it is an old runner that listens.
      if (process.env.GITHUB_OUTPUT) issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value))
      else issueCommand('set-output', { name }, value)
    },
    async summary(markdown) {
      await summary.addRaw(markdown, true).write()
    },
  }
}

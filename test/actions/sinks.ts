import { workflowRunner } from '../../src/adapters/github/workflow.ts'
import { type Command, command } from '../../src/commands/command.ts'
import { TowpathError } from '../../src/errors.ts'
import type { Log } from '../../src/log.ts'
import { planMarkdown } from '../../src/render/plan.ts'
import type { Step, Wrote } from './step.ts'

/** A place where foreign text leaves an action. */
export type Sink = (step: Step, text: string) => Promise<Wrote>

type Outputs = Readonly<Record<string, unknown>>

/** A verb that gives, or fails with, what a test wants. */
export function aVerb(deed: (log: Log) => Outputs | Promise<Outputs>, outputs: readonly string[] = ['value']): Command {
  return command({
    name: 'verb',
    summary: 'A verb of a test.',
    inputs: {
      environment: { kind: 'string', description: '' },
      secret: { kind: 'string', description: '', secret: true },
      wait: { kind: 'duration', description: '' },
    },
    outputs: Object.fromEntries(outputs.map((name) => [name, { kind: 'any', description: '' }])),
    run: async (_, { log }) => ({ ...(await deed(log)) }),
    text: (given) => ('text' in given ? String(given.text) : 'done'),
  })
}

const logs =
  (use: (log: Log, text: string) => void): Sink =>
  (step, text) => {
    const verb = aVerb((log) => {
      use(log, text)
      return {}
    })
    return step.run(verb)
  }

const gives =
  (outputs: (text: string) => Outputs): Sink =>
  (step, text) => {
    const given = outputs(text)
    return step.run(aVerb(() => given, Object.keys(given)))
  }

const fails =
  (error: (text: string) => Error): Sink =>
  (step, text) =>
    step.run(
      aVerb(() => {
        throw error(text)
      }),
    )

const deployed = (parts: Outputs): Outputs => ({
  outcome: 'failed',
  changed: true,
  deployment: 1,
  release: `sha256:${'0'.repeat(64)}`,
  previous: null,
  stacks: [{ stack: 'main', name: 'delivery-staging-main', outcome: 'failed', seconds: 2, outputs: {} }],
  cause: null,
  ...parts,
})
const problem = { file: '/work/service.yml', line: 1, column: 1, message: 'wrong' }
const plan = (text: string): Parameters<typeof planMarkdown>[0] => {
  const change = {
    action: 'Add',
    logicalId: text,
    type: text,
    physicalId: text,
    replacement: 'True',
    policyAction: undefined,
    properties: [],
  }
  const gate = { consent: text, type: text, reason: text, consented: false }
  return {
    digest: `sha256:${'0'.repeat(64)}`,
    hasChanges: true,
    stacks: [{ stack: 'main', name: text, action: 'update', provisional: true, changes: [change], gates: [gate] }],
  } as unknown as Parameters<typeof planMarkdown>[0]
}

/** Every place, by name. */
export const sinks: Readonly<Record<string, Sink>> = {
  'a line of the log': logs((log, text) => log.info(text)),
  'a warning': logs((log, text) => log.warn(text)),
  'what makes progress': logs((log, text) => log.progress(text, 1, 2)),
  "the verb's own text": gives((text) => ({ text })),
  'an output': gives((value) => ({ value })),
  'an output as JSON': gives((value) => ({ value: [{ [value]: value }] })),
  "a stack's name": gives((name) => deployed({ stacks: [{ stack: name, name, outcome: name, seconds: 2, outputs: { [name]: name } }] })),
  'a cause': fails(
    (text) => new TowpathError('failed', text, { outputs: deployed({ cause: { stack: text, resource: text, type: text, reason: text } }) }),
  ),
  'a release': gives((text) => deployed({ release: text, previous: text, deployment: 1 })),
  'an error': fails((text) => new TowpathError('failed', text)),
  "an error's hint": fails((text) => new TowpathError('failed', 'wrong', { hint: text })),
  "an error's place": fails((text) => new TowpathError('bad-input', 'wrong', { at: { file: text, line: 1 } })),
  "an error's place in the workspace": fails(
    (text) => new TowpathError('bad-input', 'wrong', { at: { file: `/work/x${text}`, line: 1, column: 2 } }),
  ),
  'a problem': fails((message) => new TowpathError('bad-input', 'wrong', { problems: [{ ...problem, message, hint: message }] })),
  'one of many problems': fails(
    (text) => new TowpathError('bad-input', 'wrong', { problems: [problem, { ...problem, file: text, message: text, hint: text }] }),
  ),
  'the outputs of a failure': fails((value) => new TowpathError('gated', value, { outputs: { value } })),
  'an error that is no TowpathError': fails((text) => new Error(text)),
  'an error with a foreign stack': fails((text) => Object.assign(new Error('wrong'), { stack: `Error: wrong\n    at ${text}` })),
  'an input': (step, text) =>
    step.run(
      aVerb(() => ({})),
      { INPUT_ENVIRONMENT: `x${text}` },
    ),
  'an input that cannot be read': (step, text) =>
    step.run(
      aVerb(() => ({})),
      { INPUT_WAIT: `x${text}` },
    ),
  'an input that nobody knows': (step, text) =>
    step.run(
      aVerb(() => ({})),
      { [`INPUT_Q${text}`]: 'x' },
    ),
  "the runner's variables": (step, text) =>
    step.run(
      aVerb(() => ({})),
      { GITHUB_SERVER_URL: text, GITHUB_REPOSITORY: text, GITHUB_RUN_ID: text, GITHUB_SHA: text },
    ),
  'a group': (step, text) => step.watch(() => told(() => workflowRunner().group(text, [text]))),
  'an annotation': (step, text) =>
    step.watch(() =>
      told(() => workflowRunner().annotate({ level: 'error', title: `x${text}`, message: text, file: `x${text}`, line: 1 })),
    ),
  'a plan': (step, text) => step.run(aVerb(() => ({ markdown: planMarkdown(plan(text), text, text) }), ['markdown'])),
}

function told(deed: () => void): number {
  deed()
  return 0
}

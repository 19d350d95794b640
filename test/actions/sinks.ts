import { workflowRunner } from '../../src/adapters/github/workflow.ts'
import { type Command, command } from '../../src/commands/command.ts'
import { TowpathError } from '../../src/errors.ts'
import type { Log } from '../../src/log.ts'
import { planText } from '../../src/render/plan.ts'
import { planMarkdown, type TitledPlan } from '../../src/render/plan-markdown.ts'
import { planParts } from '../../src/report/github/plan-parts.ts'
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
const advice = (text: string): Outputs => ({
  template: text,
  rule: text,
  level: text,
  pointer: text,
  file: text,
  line: 1,
  column: 1,
  message: text,
})

/** A plan in which every foreign text is this one: two stacks, so that each kind of line is there. */
const plan = (text: string): TitledPlan => {
  const properties = [
    { attribute: text, name: text, path: text, before: text, after: text, recreation: 'Always', cause: text },
    { attribute: 'Properties', name: text, after: text },
    { attribute: 'Properties', path: `/Properties/${text}`, before: text },
  ]
  const change = { action: 'Modify', logicalId: text, type: text, physicalId: text, replacement: 'True', policyAction: text, properties }
  const gate = { consent: text, type: text, reason: text, consented: false }
  const stack = { stack: text, name: text, action: 'update', provisional: true, after: [text, text], changes: [change], gates: [gate] }
  const many = {
    ...stack,
    changes: Array.from({ length: 20 }, () => ({ ...change, action: 'Add', replacement: undefined, properties: [] })),
  }
  return {
    plan: { digest: `sha256:${'0'.repeat(64)}`, hasChanges: true, stacks: [stack, many, { ...stack, action: 'keep', provisional: false }] },
    ...{ service: text, environment: text, lint: [advice(text)] },
  } as unknown as TitledPlan
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
  'a host of a playbook': gives((host) => ({ changed: 1, failed: 0, unreachable: 0, hosts: [{ host, outcome: host, ok: 1, changed: 1 }] })),
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
  'what a check left out': gives((text) => ({ kind: text, name: text, problems: [], lint: [advice(text)], unchecked: [text] })),
  'a merged template': gives((text) => ({ templates: [{ stack: text, file: text, digest: text }], digest: text })),
  'a plan': gives((text) => ({ markdown: planMarkdown(plan(text)) })),
  'a plan on a terminal': gives((text) => ({ text: planText(plan(text).plan) })),
  // The marker names service and environment by a digest, which differs with them.
  'a comment on a pull request': gives((text) => {
    const titled = plan(text)
    // Few stacks, since a text of a thousand backticks would make it two comments.
    const few = { ...titled.plan, stacks: titled.plan.stacks.slice(0, 1) }
    const parts = planParts({ ...titled, plan: few, commit: `x${text}`, run: `x${text}` })
    return { markdown: parts.map((part) => part.replace(/^<!-- towpath:plan [0-9a-f]{24}/, '<!-- towpath:plan')).join('\n\n') }
  }),
}

function told(deed: () => void): number {
  deed()
  return 0
}

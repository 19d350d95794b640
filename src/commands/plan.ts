import type { Objects } from '../bucket/objects.ts'
import type { Plan } from '../deployment/plan/plan.ts'
import { withDeadline } from '../deployment/target/target.ts'
import { TowpathError } from '../errors.ts'
import { undeclared } from '../platform/environment.ts'
import type { Advice } from '../release/advice.ts'
import { releaseOf } from '../release/manifest.ts'
import { findRelease } from '../release/store.ts'
import { planText } from '../render/plan.ts'
import type { ShownStack, ShownTransition } from '../render/plan-order.ts'
import { adviceText } from '../render/validated.ts'
import { composeAt } from '../repository/release.ts'
import { command, list, map } from './command.ts'
import { bucket, environment, failOnGate, force, handedOver, handedOverOf, path, service } from './inputs.ts'
import { serviceNamed } from './service.ts'
import { openTarget } from './target.ts'
import type { World } from './world.ts'

/** How long a plan waits for operations in progress, in milliseconds. */
const PATIENCE = 600_000

export default command({
  name: 'plan',
  summary: 'Show what applying a release to an environment would change.',
  inputs: {
    path,
    release: {
      kind: 'string',
      description: 'A release that exists, by any unique prefix; without it the one in --path is composed, and not stored.',
    },
    service: { ...service, description: "The service's name, with --release; instead of --path." },
    environment,
    ...handedOver,
    bucket,
    force,
    wait: {
      kind: 'duration',
      default: '0s',
      description: 'How long to wait for a deployment that is under way, so that the plan is of what it leaves.',
    },
    consent: { kind: 'strings', description: 'What would be permitted, as the plan names it, such as <stack>.<LogicalId>; repeatable.' },
    'fail-on-gate': failOnGate,
    lint: { kind: 'boolean', description: "Ask cfn-lint as well, where it is installed. A platform asks for it with 'lint: true'." },
    comment: {
      kind: 'boolean',
      description: 'Show the plan on the pull request of this run, in one comment for each service and environment.',
    },
  },
  outputs: {
    digest: { kind: 'string', description: "The plan's own name, for deploy's plan: the same changes have the same one." },
    'has-changes': { kind: 'boolean', description: 'True if anything would change.' },
    gated: { kind: 'boolean', description: 'True if a gate lacks its consent.' },
    release: { kind: 'string', description: 'The release that is planned, as sha256:<hex>.' },
    previous: { kind: 'string', nullable: true, description: 'The present release; null if there is none.' },
    platform: map<ShownTransition['platform']>('The version of the platform: from (null if it is not known) and to.'),
    stacks: list<ShownStack>(
      'Each stack: stack, name, action (create, update, none, remove, keep or adopt), provisional, open (the inputs that are not known yet), after (the stacks that give them), changes, foretold (true if they are read off templates), gates, notes, renamedFrom (what the last record calls it, else null), defaults (live values that change to a default). Values that are or may be secret are hidden.',
    ),
    lint: list<Advice>('Advice on the templates, as validate gives it. No exit code depends on it.'),
    markdown: { kind: 'string', description: 'The plan as a comment shows it.' },
    comment: { kind: 'string', nullable: true, description: "The comment's address; null if there is none." },
  },
  examples: ['plan --path . --environment production --bucket acme-towpath'],
  async run(
    { path, release, service, environment, archive, digest, bucket, force, wait, consent, lint: asked, 'fail-on-gate': fail, comment },
    world,
  ) {
    const handed = handedOverOf(archive, digest)
    if (handed && release !== undefined)
      throw new TowpathError('bad-input', '--release and --archive are both given', {
        hint: 'a release has its artefact: leave --archive out',
      })
    if (service !== undefined && release === undefined)
      throw new TowpathError('bad-input', '--service needs --release', { hint: 'give --release, or --path instead of --service' })
    const objects = await world.objects(bucket)
    const chosen = release === undefined ? undefined : await findRelease(objects, await serviceNamed(world, service, path), release)
    const name = chosen?.manifest.service ?? (await serviceNamed(world, service, path))
    const target = await openTarget(world, objects, { service: name, environment, intent: 'plan', timeout: wait + PATIENCE, forced: force })
    const composed = chosen ? undefined : await composeAt(world, objects, path, handed)
    const planned = composed ? releaseOf(composed.manifest) : chosen
    if (planned === undefined) throw new TowpathError('bug', 'nothing to plan')
    if (planned.manifest.environments[environment] === undefined)
      throw undeclared(environment, Object.keys(planned.manifest.environments), `service '${name}'`)
    const [{ waitUntilFree }, { findEnd }] = await Promise.all([
      import('../deployment/lock/wait.ts'),
      import('../deployment/log/history.ts'),
    ])
    const { clock, log, interrupted: signal } = world
    await waitUntilFree(withDeadline(target, target.deadline).ledger, { clock, log, wait, signal })
    const end = await findEnd(target.ledger)
    const [{ adviceOnPlan }, { planMarkdown }] = await Promise.all([
      import('../repository/advice.ts'),
      import('../render/plan-markdown.ts'),
    ])
    const { planRelease, stoppedByGates } = await import('./planned.ts')
    const made = await planRelease({ ...target, composed: composed?.blobs ?? new Map() }, planned, new Set(consent), end)
    const { plan, shown, gated } = made
    await store(world, objects, plan, chosen !== undefined)
    const lint = await adviceOnPlan(world, target, planned.manifest, composed, { path, asked })
    const by = consent.length > 0 ? ((await world.origin(path)).actor ?? undefined) : undefined
    const titled = { plan: shown, service: name, environment, lint, binding: chosen !== undefined, consents: consent, by }
    const outputs = {
      digest: plan.digest,
      'has-changes': plan.hasChanges,
      gated,
      release: shown.release,
      previous: shown.previous,
      platform: shown.platform,
      stacks: shown.stacks,
      lint,
      markdown: planMarkdown(titled),
      comment: comment ? await (await import('./plan-comment.ts')).commentPlan(world, path, titled) : null,
    }
    if (gated && fail) throw stoppedByGates(made, name, outputs)
    return outputs
  },
  text: ({ 'has-changes': hasChanges, lint, ...plan }) => [planText({ ...plan, hasChanges }), ...adviceText(lint)].join('\n'),
})

/**
 * Stores the plan, so that a deployment can be bound to it. If the release is not stored, the plan may be made only to look at, with
 * credentials that cannot write: then a line of the log says that it is not stored.
 */
async function store({ log }: World, objects: Objects, plan: Plan, binding: boolean): Promise<void> {
  try {
    const { storePlan } = await import('../deployment/plan/reviewed.ts')
    await storePlan(objects, plan)
  } catch (error) {
    if (binding || !(error instanceof TowpathError) || error.code !== 'denied') throw error
    log.info('these credentials may not store the plan, so no deployment can be held to it')
  }
}

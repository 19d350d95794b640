import { TowpathError } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import type { Manifest, NestedTemplate, Release } from '../../release/manifest.ts'
import { readRelease } from '../../release/store.ts'
import { stackName } from '../../service/names.ts'
import { outputs, parameters, resources } from '../../template/facts.ts'
import type { End } from '../log/history.ts'
import { present } from '../log/present.ts'
import { findBack } from '../log/walk-back.ts'
import { loadTemplate } from '../target/release-stacks.ts'
import type { Target } from '../target/target.ts'
import type { LoadedTemplate } from '../target/template.ts'

/** Consents that name no part of a stack: the log, an earlier release, the order of commits. Those who ask for them judge them. */
const elsewhere = /^(log:[1-9]\d*|failed:[0-9a-f]+|order)$/

/**
 * Makes sure that every consent may mean something: it names what the release, the present release or a live stack has, or it was recorded
 * for this release in this environment, so that a run with the same inputs passes again. Reads nothing if there are none. Throws 'bad-input'
 * with the nearest name.
 */
export async function requireKnownConsents(target: Target, release: Release, consents: ReadonlySet<string>, end: End): Promise<void> {
  const asked = [...consents].filter((consent) => !elsewhere.test(consent))
  if (asked.length === 0) return
  const names = new Set(await namesOf(target, release.manifest))
  let unknown = asked.filter((consent) => !isNamed(consent, names))
  if (unknown.length > 0) {
    for (const name of await namesBefore(target, release, end)) names.add(name)
    unknown = unknown.filter((consent) => !isNamed(consent, names))
  }
  for (const consent of unknown) if (!(await wasRecorded(target, release, consent, end))) throw meetsNothing(consent, names)
}

/** A name below a nested stack, whose template is not known, is taken as it is. */
const BELOW = '.*'

function isNamed(consent: string, names: ReadonlySet<string>): boolean {
  if (names.has(consent)) return true
  const steps = consent.split('.')
  return steps.some((_, index) => index > 1 && names.has(`${steps.slice(0, index).join('.')}${BELOW}`))
}

function meetsNothing(consent: string, names: ReadonlySet<string>): TowpathError {
  const near = nearest(
    consent,
    [...names].filter((name) => !name.endsWith(BELOW)),
  )
  return new TowpathError('bad-input', `consent '${consent}' names nothing that the release, the present release or a live stack has`, {
    hint: near === undefined ? 'give a consent as the plan names it' : `did you mean '${near}'?`,
  })
}

/** What consents may name of the stacks of a release. */
async function namesOf(target: Target, manifest: Manifest): Promise<readonly string[]> {
  const all = Object.entries(manifest.stacks).map(async ([stack, recipe]) => [
    ...namesOfStack(stack),
    ...(await namesInNested(target, stack, recipe)),
    ...namesOfSections(stack, await loadTemplate(target, stack, recipe)),
  ])
  return (await Promise.all(all)).flat()
}

/** What consents may name of the present release and of what is live. What cannot be read has no names. */
async function namesBefore(target: Target, { id, manifest }: Release, { record }: End): Promise<readonly string[]> {
  const last = record?.value
  const previous = present(last)
  const stacks = new Map(Object.entries(last?.stacks ?? {}).map(([stack, { name }]) => [stack, name]))
  for (const [stack, { name }] of Object.entries(manifest.stacks))
    stacks.set(stack, name ?? stackName(manifest.service, target.environment, stack))
  const ofPresent = async (): Promise<readonly string[]> =>
    previous === null || previous === id
      ? []
      : namesOf(target, (await readRelease(target.ledger.objects, manifest.service, previous)).manifest)
  const ofLive = [...stacks].map(([stack, name]) => async () => [...namesOfStack(stack), ...(await namesOfLive(target, stack, name))])
  return (await Promise.all([ofPresent, ...ofLive].map((names) => names().catch(nothingIfRefused)))).flat()
}

function nothingIfRefused(error: unknown): readonly string[] {
  const unreadable = error instanceof TowpathError && ['not-found', 'failed', 'denied'].includes(error.code)
  if (!unreadable) throw error
  return []
}

async function namesOfLive(target: Target, stack: string, name: string): Promise<readonly string[]> {
  const live = await target.stacks.describe(name)
  if (live === undefined || live.status === 'REVIEW_IN_PROGRESS') return []
  const text = await target.stacks.liveTemplate(live.id)
  if (text === undefined) return []
  const template = target.templates.parse(text, `${stack}, as it is live`)
  const nested = [...resources(template.root)].filter(([, { type }]) => type === NESTED).map(([child]) => `${stack}.${child}${BELOW}`)
  return [...namesInTemplate(stack, template), ...namesOfSections(stack, template), ...nested]
}

const NESTED = 'AWS::CloudFormation::Stack'

function namesOfStack(stack: string): readonly string[] {
  return ['adopt', 'remove', 'recreate', 'reach'].map((kind) => `${kind}:${stack}`)
}

async function namesInNested(target: Target, path: string, template: NestedTemplate): Promise<readonly string[]> {
  const children = Object.entries(template.nested).map(([child, one]) => namesInNested(target, `${path}.${child}`, one))
  return [...namesInTemplate(path, await loadTemplate(target, path, template)), ...(await Promise.all(children)).flat()]
}

function namesInTemplate(path: string, { root }: LoadedTemplate): readonly string[] {
  return [...resources(root).keys()].flatMap((logicalId) => [`${path}.${logicalId}`, `skip:${path}.${logicalId}`])
}

function namesOfSections(stack: string, { root }: LoadedTemplate): readonly string[] {
  const exported = [...outputs(root).keys()].map((output) => `export:${stack}.${output}`)
  return [...exported, ...[...parameters(root).keys()].map((parameter) => `default:${stack}.${parameter}`)]
}

/** True if a deployment of this release to this environment was given the consent and made use of it. */
async function wasRecorded({ ledger }: Target, { id }: Release, consent: string, end: End): Promise<boolean> {
  const found = await findBack(
    ledger,
    end,
    ({ release, entries }) => release === id && entries.some((entry) => entry.kind === 'consented' && entry.consent === consent),
  )
  return found !== undefined
}

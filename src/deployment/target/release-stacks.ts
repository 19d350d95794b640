import { getText } from '../../bucket/blobs.ts'
import { TowpathError } from '../../errors.ts'
import { inOrder } from '../../graph.ts'
import type { Manifest, ManifestStack, NestedTemplate } from '../../release/manifest.ts'
import { graphOf } from '../../release/references.ts'
import { stackName } from '../../service/names.ts'
import type { Stack } from '../../stack/stacks.ts'
import { digestOfStack } from './digest.ts'
import { resolveParameters, sendable } from './resolve.ts'
import type { ReleaseStacks, StackInRelease } from './stack-in-release.ts'
import type { Target } from './target.ts'
import type { LoadedTemplate, Redactor } from './template.ts'

/** The stacks of a release in the environment of a target. */
export function stacksOf(target: Target, manifest: Manifest): ReleaseStacks {
  const graph = graphOf(manifest, target.environment)
  const redact = target.templates.redactor((stack) => of(stack))
  const stacks = new Map(
    Object.entries(manifest.stacks).map(([stack, recipe]) => [stack, stackInRelease(target, manifest, stack, recipe, redact)]),
  )
  const of = (stack: string): StackInRelease => {
    const found = stacks.get(stack)
    if (found === undefined) throw new TowpathError('bug', `the release has no stack '${stack}'`)
    return found
  }
  return { manifest, graph, inOrder: inOrder(graph).map(of), of }
}

/** True if a stack carries the tags of this service and environment. */
export function isOurs(stack: Stack, service: string, environment: string): boolean {
  return stack.tags['towpath:service'] === service && stack.tags['towpath:environment'] === environment
}

/** A merged template, from memory or from its blob. @param label what messages call its stack */
export function loadTemplate(target: Target, label: string, { template }: NestedTemplate): Promise<LoadedTemplate> {
  return target.templates.load(template, label, async () => {
    const composed = target.composed.get(template)
    return composed ? new TextDecoder().decode(composed) : getText(target.ledger.objects, template, `the template of stack '${label}'`)
  })
}

function stackInRelease(target: Target, manifest: Manifest, stack: string, recipe: ManifestStack, redact: Redactor): StackInRelease {
  const { environment, entry, blobs, passes: role } = target
  const { parameters = {}, tags = {} } = manifest.environments[environment] ?? {}
  const { service } = manifest
  const name = recipe.name ?? stackName(service, environment, stack)
  const own = { 'towpath:service': service, 'towpath:environment': environment, 'towpath:stack': stack }
  const load = (template: NestedTemplate, label: string): Promise<LoadedTemplate> => loadTemplate(target, label, template)
  const made: StackInRelease = {
    stack,
    name,
    recipe,
    given: parameters[stack] ?? {},
    tags: { ...tags, ...own },
    place: { name, account: entry.account, region: entry.region },
    client: target,
    blobs,
    role,
    forced: target.forced,
    provable: () => provable(recipe, stack, load),
    isOurs: (live) => isOurs(live, service, environment),
    resolve: (outputs, foreign) => resolveParameters(made, { target, manifest }, outputs, foreign),
    digest: (sent) => digestOfStack(made, sent, entry.roles?.execute),
    template: () => load(recipe, stack),
    async nested(logicalId) {
      const template = Object.hasOwn(recipe.nested, logicalId) ? recipe.nested[logicalId] : undefined
      if (template === undefined) return undefined
      const text = await target.templates.withUrls({ blobs, signal: target.deadline.signal, load }, `${stack}/${logicalId}`, template)
      const { nodeFromJson } = await import('../../document/from-json.ts')
      const root = nodeFromJson(text, `nested stack ${stack}/${logicalId}`)
      return root.kind === 'map' ? root : undefined
    },
    async liveTemplate(live) {
      const text = await target.stacks.liveTemplate(live.id)
      if (text === undefined) throw new TowpathError('failed', `stack ${live.name} has no template`, { blame: 'service' })
      return target.templates.parse(text, `${stack}, as it is live`)
    },
    async content(live, sent) {
      const known = sendable(stack, await made.template(), live, sent)
      const template = await target.templates.source({ blobs, signal: target.deadline.signal, load }, stack, recipe)
      const {
        tags,
        recipe: { capabilities },
      } = made
      return { template, parameters: known, tags, capabilities, ...(role === undefined ? {} : { role }) }
    },
    redact: (changes, live, sent) => redact(stack, changes, live, sent),
  }
  return made
}

/** True if neither a template nor any that is nested in it reads something anew. */
async function provable(
  template: NestedTemplate,
  label: string,
  load: (template: NestedTemplate, label: string) => Promise<LoadedTemplate>,
): Promise<boolean> {
  if ((await load(template, label)).readsAnew) return false
  for (const [logicalId, child] of Object.entries(template.nested))
    if (!(await provable(child, `${label}/${logicalId}`, load))) return false
  return true
}

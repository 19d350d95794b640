import { join } from 'node:path'
import { collect } from '../artefact/collect.ts'
import { excluding } from '../artefact/exclude.ts'
import { problemAt } from '../document/node.ts'
import { type Problem, TowpathError } from '../errors.ts'
import type { PlatformRelease } from '../platform/release.ts'
import type { Service } from '../service/service.ts'
import type { Machine } from './machine.ts'

/** What Lambda takes of a function's code, unpacked, in bytes. Source: AWS Lambda quotas, deployment package size. */
const LAMBDA_BYTES = 262_144_000

interface Checked {
  readonly problems: readonly Problem[]
  readonly unchecked: readonly string[]
}

/**
 * What can be known of a service's artefact before it is packed: that it is there, and that Lambda takes it where the blueprint gives it to
 * one. One that a build will make may be missing; a zip that is ready is not looked into.
 */
export async function checkArtefact(
  { files }: Machine,
  service: Service,
  path: string,
  release: PlatformRelease | undefined,
): Promise<Checked> {
  const { artefact } = service
  if (!artefact) return { problems: [], unchecked: [] }
  const where = join(path, artefact.path.value)
  const facts = await files.facts(where)
  if (!facts) {
    if (artefact.build !== undefined) return { problems: [], unchecked: [`the artefact: there is nothing at ${where} yet`] }
    const message = `artefact.path: there is nothing at ${where}, and artefact has no 'build' that would make it`
    return { problems: [problemAt(artefact.path.place, message, "correct the path, or give 'build'")], unchecked: [] }
  }
  if (facts.kind !== 'folder' || !shipsToLambda(service, release)) return { problems: [], unchecked: [] }
  try {
    const { members } = await collect(files, (await files.resolve(where)) ?? where, excluding(artefact.exclude.map(({ value }) => value)))
    const bytes = members.reduce((sum, member) => sum + member.bytes, 0)
    if (bytes <= LAMBDA_BYTES) return { problems: [], unchecked: [] }
    const message = `artefact.path: the artefact has ${bytes} bytes unpacked, and Lambda takes ${LAMBDA_BYTES}`
    return { problems: [problemAt(artefact.path.place, message, "leave something out with 'exclude'")], unchecked: [] }
  } catch (error) {
    // What an archive cannot hold is told when it is packed, and here as well.
    if (!(error instanceof TowpathError) || error.code !== 'bad-input') throw error
    return { problems: error.problems, unchecked: [] }
  }
}

/** True if a stack of the blueprint, or of the service, is given the artefact's place: so the stack update is the code deployment. */
function shipsToLambda({ blueprint, stacks }: Service, release: PlatformRelease | undefined): boolean {
  const name = blueprint.value
  const recipe = release && Object.hasOwn(release.blueprints, name) ? release.blueprints[name] : undefined
  if (recipe?.ship !== 'stack') return false
  const inherited = Object.values(recipe.stacks).flatMap(({ inputs }) => Object.values(inputs))
  const own = [...stacks.values()].flatMap(({ value }) => [...value.inputs.values()].map((input) => input.value))
  return inherited.includes('artefact.key') || own.some((reference) => reference.kind === 'artefact')
}

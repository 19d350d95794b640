import { readDocument } from '../../bucket/documents.ts'
import { deployments, environments, nameIn, ownerKey, recordNumber, recordsOf, serviceOf, services } from '../../bucket/keys.ts'
import type { Objects } from '../../bucket/objects.ts'
import { TowpathError } from '../../errors.ts'
import type { Register } from './register.ts'

/** What somebody says on purpose when a register loses something. */
export interface Said {
  /** Services that may go though they have records. */
  readonly removed: readonly string[]
  /** There is to be no register of services any more. */
  readonly without: boolean
}

/** Holds a register to what was there before it: throws 'conflict' where a service would be lost that nobody said goodbye to. */
export async function requireNothingLost(objects: Objects, before: Register | undefined, next: Register, said: Said): Promise<void> {
  const kept = Object.keys(next.services ?? {})
  const both = said.removed.find((service) => kept.includes(service))
  if (both !== undefined)
    throw new TowpathError('bad-input', `--remove-service names '${both}', which is in 'services' of platform.yml`, {
      hint: 'remove it from platform.yml, or leave the flag out',
    })
  const had = before?.services
  if (next.services === undefined) {
    if (had === undefined || said.without) return
    throw new TowpathError('conflict', "platform.yml has no 'services', and the register that is in force has", {
      hint: 'without them a name belongs to whoever releases first: give --without-register if that is meant',
    })
  }
  const gone = (had === undefined ? await known(objects) : Object.keys(had)).filter(
    (service) => !kept.includes(service) && !said.removed.includes(service),
  )
  if (had === undefined) {
    if (gone.length > 0) throw await unregistered(objects, gone)
    return
  }
  for (const service of gone) {
    if (!(await wasDeployed(objects, service))) continue
    throw new TowpathError('conflict', `'services' in platform.yml drops '${service}', which was deployed`, {
      hint: `nobody could deploy it or roll it back any more: put it back, or give --remove-service ${service}`,
    })
  }
}

/** Every service that has an owner or a record. */
async function known(objects: Objects): Promise<readonly string[]> {
  const keys = [...(await objects.list(services)), ...(await objects.list(deployments))]
  return [...new Set(keys.flatMap(({ key }) => serviceOf(key) ?? []))].sort()
}

async function wasDeployed(objects: Objects, service: string): Promise<boolean> {
  for (const environment of (await objects.list(environments)).map(({ key }) => nameIn(key))) {
    const keys = await objects.list(recordsOf(environment, service))
    if (keys.some(({ key }) => recordNumber(key) !== undefined)) return true
  }
  return false
}

/** The error for a first register that leaves services out: it holds the lines to add. */
async function unregistered(objects: Objects, missing: readonly string[]): Promise<TowpathError> {
  const lines: string[] = []
  for (const service of missing) lines.push(await lineFor(objects, service))
  const names = missing.map((service) => `'${service}'`).join(', ')
  return new TowpathError('conflict', `'services' in platform.yml leaves out what was released or deployed already: ${names}`, {
    hint: [
      'add them, each with what towpath github-id --repository <owner>/<name> prints of its repository:',
      ...lines,
      'or leave one out on purpose with --remove-service <name>',
    ].join('\n'),
  })
}

async function lineFor(objects: Objects, service: string): Promise<string> {
  const owner = await readDocument<{ readonly schema: 'towpath/owner@1'; readonly id: string | null; readonly name: string | null }>(
    objects,
    ownerKey(service),
    'towpath/owner@1',
  )
  const { id, name } = owner?.value ?? { id: null, name: null }
  const blueprint = service === 'platform' ? '' : ', blueprint: <name>'
  return `  ${service}: { repository: ${name ?? '<owner>/<name>'}, id: "${id ?? '<id>'}", owner-id: "<id>"${blueprint} }`
}

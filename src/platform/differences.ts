import { canonicalJson, type Json } from '../json.ts'
import { inventoryOf, type PlatformRelease } from './release.ts'

/** How many differences a message names. */
const SHOWN = 10

/** The keys of a release that come from platform.yml. */
const descriptorKeys = ['platform', 'stacks', 'blueprints', 'environments'] as const

/** What differs between two contents of one version, in the words of whoever wrote it: keys of platform.yml, and files. */
export function differences(there: PlatformRelease, here: PlatformRelease): readonly string[] {
  const keys = descriptorKeys.flatMap((key) => differingKeys(readable(there[key]), readable(here[key]), key))
  const [old, fresh] = [inventoryOf(there), inventoryOf(here)]
  const files = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort().filter((name) => old[name] !== fresh[name])
  const all = [
    ...[...new Set(keys)].map((key) => `'${key}' in platform.yml`),
    ...files.map((name) => `${name} (${old[name] === undefined ? 'new' : fresh[name] === undefined ? 'removed' : 'changed'})`),
  ]
  return all.length > SHOWN ? [...all.slice(0, SHOWN), `and ${all.length - SHOWN} more`] : all
}

/** A part of a release as JSON reads it, so that a stored one and a fresh one compare. */
function readable(part: unknown): Json {
  return JSON.parse(canonicalJson(part as Json)) as Json
}

/** Where two values differ, as deep as both are maps. */
function differingKeys(one: Json | undefined, other: Json | undefined, path: string): readonly string[] {
  if (!isMap(one) || !isMap(other)) return same(one, other) ? [] : [path]
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  // What a blueprint holds beyond what we act on is kept as it was written, and shown as it was written.
  return keys.flatMap((key) => differingKeys(one[key], other[key], key === 'written' ? path : `${path}.${key}`))
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null)
}

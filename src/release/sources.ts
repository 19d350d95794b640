import { type Digest, digestOf } from '../digest.ts'
import type { Service } from '../service/service.ts'
import type { Manifest } from './manifest.ts'
import type { MergedStacks, MergedTemplate } from './merged.ts'

type Blobs = ReadonlyMap<Digest, Uint8Array>

const encoder = new TextEncoder()

/** A service's own files, kept with the release by digest: what they are called, never where they were. */
export function sourcesOf(service: Service): { readonly manifest: Omit<Manifest['sources'], 'templates'>; readonly blobs: Blobs } {
  const blobs = new Map<Digest, Uint8Array>()
  const keep = (text: string): Digest => {
    const bytes = encoder.encode(text)
    const digest = digestOf(bytes)
    blobs.set(digest, bytes)
    return digest
  }
  const files = (list: Service['overrides']): Record<string, Digest> =>
    Object.fromEntries(list.map(({ file, text }) => [file.slice(file.lastIndexOf('/') + 1), keep(text)]))
  return { manifest: { descriptor: keep(service.text), overrides: files(service.overrides), additions: files(service.additions) }, blobs }
}

/** The merged templates of a release as blobs, nested ones among them. */
export function templateBlobs(stacks: MergedStacks): Blobs {
  const blobs = new Map<Digest, Uint8Array>()
  const add = ({ digest, text, nested }: MergedTemplate): void => {
    blobs.set(digest, encoder.encode(text))
    for (const child of nested.values()) add(child)
  }
  for (const template of stacks.values()) add(template)
  return blobs
}

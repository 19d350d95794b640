import { documentBytes } from '../bucket/documents.ts'
import { type Digest, digestOf } from '../digest.ts'
import type { Json } from '../json.ts'

/** Where a parameter's value comes from: written down, read at apply, or left as it is live. */
export type Given = { readonly value: string } | { readonly from: string } | { readonly keep: true }

/** A nested template, by the logical id of the AWS::CloudFormation::Stack that names it. */
export interface NestedTemplate {
  readonly template: Digest
  readonly nested: Readonly<Record<string, NestedTemplate>>
}

/** One stack of a release. */
export interface ManifestStack extends NestedTemplate {
  /** The merged template's size in bytes. */
  readonly bytes: number
  readonly capabilities: readonly string[]
  /** The name of a stack that exists under another name than ours; null otherwise. */
  readonly name: string | null
}

/** What one environment adds to a release. */
export interface ManifestEnvironment {
  readonly tags: Readonly<Record<string, string>>
  /** By stack, by template parameter. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, Given>>>>
}

/** A variable of the playbook: written down, or a reference that is read when the release is applied. */
export type GivenVariable = { readonly value: Json } | { readonly from: string }

/** How a release's code goes live, where that is not the stack update. */
export interface ManifestCode {
  readonly with: 'codedeploy'
  /** What each host gets. */
  readonly bundle: Digest
  /** The outputs that name the CodeDeploy application and its deployment group: references as text. */
  readonly application: string
  readonly group: string
  /** What each role holds, by its name, so that a plan can say which of them changed without reading a bundle. */
  readonly roles: Readonly<Record<string, Digest>>
  /** Absent if there are none. */
  readonly variables?: Readonly<Record<string, GivenVariable>>
}

/**
 * A release: everything that determines what a deployment puts live, and nothing of who, when or where. Named by the SHA-256 of its
 * canonical JSON, so the same content is the same release.
 */
export interface Manifest {
  readonly schema: 'towpath/release@1'
  readonly service: string
  readonly owner: string
  /** Null for the platform's own stacks. */
  readonly blueprint: string | null
  readonly platform: { readonly name: string; readonly version: string; readonly digest: Digest }
  readonly artefact: Digest | null
  /** Absent where the stack update ships the code, so that such a release keeps its name. */
  readonly code?: ManifestCode
  readonly stacks: Readonly<Record<string, ManifestStack>>
  readonly environments: Readonly<Record<string, ManifestEnvironment>>
  /** What it was composed from, so that a later platform can be checked against it. */
  readonly sources: {
    readonly descriptor: Digest | null
    readonly templates: Readonly<Record<string, Digest>>
    readonly overrides: Readonly<Record<string, Digest>>
    readonly additions: Readonly<Record<string, Digest>>
  }
}

/** A release with the name that its content gives it. */
export interface Release {
  readonly id: Digest
  readonly manifest: Manifest
}

export function releaseOf(manifest: Manifest): Release & { readonly bytes: Uint8Array } {
  const bytes = documentBytes(manifest)
  return { id: digestOf(bytes), manifest, bytes }
}

/** Every blob that must exist for a release to be applied. */
export function blobsOf(manifest: Manifest): readonly Digest[] {
  const nested = (templates: Readonly<Record<string, NestedTemplate>>): Digest[] =>
    Object.values(templates).flatMap((one) => [one.template, ...nested(one.nested)])
  const code = [manifest.artefact, manifest.code?.bundle].flatMap((digest) => digest ?? [])
  return [...new Set([...code, ...nested(manifest.stacks)])]
}

/** The first digits of a release's name, as people use it. */
export function shortId(id: string): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 12)
}

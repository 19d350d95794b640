import { type DescriptorKind, findDescriptor } from '../document/descriptor.ts'
import { member, stringOf } from '../document/placed.ts'
import { readDocument } from '../document/read.ts'
import type { Machine } from './machine.ts'

/** The name in a descriptor, even if the rest of it is invalid; null if there is none. */
export async function nameHere({ files }: Machine, path: string, kind: DescriptorKind): Promise<string | null> {
  const { bytes, file } = await findDescriptor(files, path, kind)
  const name = member(readDocument(bytes, file).root, kind)
  return (name && stringOf(name)) ?? null
}

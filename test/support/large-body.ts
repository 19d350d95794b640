import type { Body } from '../../src/bucket/objects.ts'
import { digesting } from '../../src/digest.ts'

/** A body that is made as it is read: `megabytes` of pieces that are all different. */
export function aLargeBody(megabytes: number): Extract<Body, { open: unknown }> & { opened(): number } {
  let opened = 0
  const count = megabytes * 16
  function* pieces(): Generator<Uint8Array> {
    const piece = new Uint8Array(65_536)
    for (let number = 0; number < count; number++) {
      new DataView(piece.buffer).setUint32(0, number)
      yield piece.slice()
    }
  }
  const digest = digesting()
  for (const piece of pieces()) digest.add(piece)
  return {
    bytes: count * 65_536,
    digest: digest.digest(),
    async *open() {
      opened += 1
      yield* pieces()
    },
    opened: () => opened,
  }
}

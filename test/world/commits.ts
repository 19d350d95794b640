import { createHash } from 'node:crypto'
import type { Commits, Relation } from '../../src/ports/commits.ts'

/** A repository's history in memory, as GitHub knows it. */
export interface FakeCommits extends Commits {
  /** False where there is no GitHub to ask. */
  reachable: boolean
  /** True while it gives no answer. */
  down: boolean
  /** Every pair that was asked for. */
  readonly asked: (readonly [string, string])[]
  /** Makes a commit on top of others and gives its id. */
  commit(name: string, ...parents: readonly string[]): string
}

export function fakeCommits(): FakeCommits {
  const parents = new Map<string, readonly string[]>()
  const reaches = (from: string, to: string): boolean => from === to || (parents.get(from) ?? []).some((parent) => reaches(parent, to))
  const relation = (base: string, head: string): Relation => {
    if (!parents.has(base) || !parents.has(head)) return 'unknown'
    if (base === head) return 'same'
    return reaches(head, base) ? 'ahead' : reaches(base, head) ? 'behind' : 'diverged'
  }
  const fake: FakeCommits = {
    reachable: true,
    down: false,
    asked: [],
    commit(name, ...on) {
      const id = createHash('sha1').update(name).digest('hex')
      parents.set(id, on)
      return id
    },
    async compare(base, head) {
      fake.asked.push([base, head])
      return fake.down ? 'unknown' : relation(base, head)
    },
  }
  return fake
}
